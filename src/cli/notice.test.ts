import { expect, test } from "vitest";
import { notice } from "./notice.js";

const TEXT = "echo: no service is configured.\n  run sluice keys set openai, start Ollama, or else";

test("a notice breaks between words at a terminal, and stays as far in", () => {
  expect(notice(TEXT, { isTTY: true, columns: 24 })).toBe(
    "echo: no service is\nconfigured.\n  run sluice keys set\n  openai, start Ollama,\n  or else",
  );
});

test("a path that is wider than the terminal stays whole: the terminal breaks it", () => {
  expect(notice("kept in /a/long/path/to/somewhere", { isTTY: true, columns: 12 })).toBe(
    "kept in\n/a/long/path/to/somewhere",
  );
});

test("a pipe, and a terminal of no known width, get it as it is", () => {
  expect(notice(TEXT, {})).toBe(TEXT);
  expect(notice(TEXT, { isTTY: true })).toBe(TEXT);
});
