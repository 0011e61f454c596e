import { expect, test } from "vitest";
import { closeMarks } from "./close-marks.js";

test.each([
  ["a **bold", "a **bold**"],
  ["a **bold** b", "a **bold** b"],
  ["a **", "a "],
  ["a *soft", "a *soft*"],
  ["**bold and *soft", "**bold and *soft***"],
  ["`code", "`code`"],
  ["`a * b", "`a * b`"],
  ["~~gone", "~~gone~~"],
  ["see [the page", "see [the page"],
  ["see [the page](https://exa", "see [the page"],
  ["see [the page](https://example.com)", "see [the page](https://example.com)"],
  ["- item **x\n- next", "- item **x\n- next"],
  ["* bullet", "* bullet"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["a\\*b", "a\\*b"],
  ["**done**\n\nand **open", "**done**\n\nand **open**"],
  ["```js\nlet a", "```js\nlet a"],
  ["Here:\n\n```swi", "Here:\n\n"],
  ["Here:\n\n~~~", "Here:\n\n"],
])("%j is shown as %j", (text, shown) => {
  const { cut, add } = closeMarks(text);
  expect(text.slice(0, cut) + add).toBe(shown);
});
