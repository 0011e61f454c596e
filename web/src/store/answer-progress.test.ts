import { expect, test } from "vitest";
import { type AnswerProgress, choiceOf, isAhead } from "./answer-progress.js";

const at = (seq: number, other: Partial<AnswerProgress> = {}): AnswerProgress => ({
  state: "running",
  legs: 1,
  run: "a",
  seq,
  ...other,
});

test("more of a run is ahead, and so is its end", () => {
  expect(isAhead(at(5), at(4))).toBe(true);
  expect(isAhead(at(4), at(5))).toBe(false);
  expect(isAhead(at(5), at(5))).toBe(false);
  expect(isAhead(at(5, { state: "done" }), at(5))).toBe(true);
  expect(isAhead(at(5), at(5, { state: "done" }))).toBe(false);
  expect(isAhead(at(4, { state: "done" }), at(5))).toBe(false);
});

test("a run after another is ahead of it, and of two that were begun at once the first stays", () => {
  expect(isAhead(at(-1, { legs: 2, run: "b" }), at(9, { state: "done" }))).toBe(true);
  expect(isAhead(at(9, { state: "done" }), at(-1, { legs: 2, run: "b" }))).toBe(false);
  expect(isAhead(at(-1, { run: "b" }), at(-1))).toBe(true);
  expect(isAhead(at(-1, { legs: 0, run: "" }), at(-1))).toBe(false);
});

test("an answer that this tab follows is read from another one only where it lost it, or where it is another run", () => {
  const told = (progress: AnswerProgress, begun = true) => ({ progress, begun });
  const done = at(9, { state: "done" });
  expect(choiceOf(at(5), told(at(9)), "yes")).toBe("nothing");
  expect(choiceOf(at(5), told(done), "yes")).toBe("nothing");
  expect(choiceOf(at(5), told(done), "lost")).toBe("read");
  expect(choiceOf(at(5), told(at(9)), "lost")).toBe("nothing");
  expect(choiceOf(at(5), told(at(-1, { legs: 2, run: "b" })), "yes")).toBe("read");
  expect(choiceOf(at(-1), told(at(-1), false), "no")).toBe("nothing");
  expect(choiceOf(at(-1), told(at(-1)), "no")).toBe("read");
});

test("an answer that is over is read again where it failed, and kept again where less was kept", () => {
  const over = (state: AnswerProgress["state"], seq = 9) => at(seq, { state });
  expect(choiceOf(over("failed", 5), { progress: at(7), begun: true }, "no")).toBe("read");
  expect(choiceOf(over("stopped", 5), { progress: over("stopped", 7), begun: true }, "no")).toBe("nothing");
  expect(choiceOf(over("done"), { progress: at(7), begun: true }, "no")).toBe("keep");
  expect(choiceOf(over("done"), { progress: over("done"), begun: true }, "no")).toBe("nothing");
  expect(choiceOf(over("done"), { progress: at(-1, { legs: 2, run: "b" }), begun: false }, "no")).toBe("read");
});
