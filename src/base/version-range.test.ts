import { expect, test } from "vitest";
import { isInRange, newestOf } from "./version-range.js";

test.each([
  ["4.13.19", "^4.0.0", true],
  ["3.12.0", "^4.0.0", false],
  ["5.0.0", "^4.0.0", false],
  ["0.5.30", "^0.5.29", true],
  ["0.6.0", "^0.5.29", false],
  ["0.0.3", "^0.0.3", true],
  ["0.0.4", "^0.0.3", false],
  ["2.13.4", "~2.13.0", true],
  ["2.14.0", "~2.13.0", false],
  ["9.1.0", "^8.0.1 || ^9.0.0", true],
  ["8.0.0", "^8.0.1 || ^9.0.0", false],
  ["0.1.1", "0.1.1", true],
  ["0.1.2", "0.1.1", false],
  ["5.0.0-beta.2", "^5.0.0", true],
])("%s in %s: %s", (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn);
});

test.each([
  ["^4.0.0", "4"],
  ["^8.0.1 || ^9.0.0", "9"],
  ["^0.5.29", "0.5"],
  ["~2.13.0", "2.13"],
  ["0.1.1", "0.1.1"],
])("the newest of %s is %s", (range, newest) => {
  expect(newestOf(range)).toBe(newest);
});
