import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, runNode } from "./run.js";

/** What each example must print. */
const PRINTS: Readonly<Record<string, readonly string[]>> = {
  "basic.mjs": ['"Say"\n" this"\n" word"', "\n10 tokens\n", "\nAnd at once.\n", "it streams]"],
  "compare.mjs": ["streaming's first word is earlier: true\n", "pieces; the same text: true"],
  "context.mjs": ["My name is Ann. [trip-to-oslo]\nMy name is Ann.\nMy name is Ann.\nWhat is my name? [trip-to-oslo]"],
  "files.mjs": ["I was given: text, image_url, file\n"],
  "interrupt.mjs": [
    "one two three\nleft; 10 tokens were asked",
    'cancelled: no more time; arrived: "one',
    "[sidecar: echo: failed with cancelled",
  ],
  "multi-turn.mjs": ["This is question 3; the first was: What is a sluice?"],
  "openai.mjs": ["A sluice is a gate that lets water through.\nc1: 3 tokens, gpt-4.1-mini"],
  "scrub.mjs": [
    "true: Write to <EMAIL_ADDRESS>, or call <PHONE_NUMBER>.",
    '{"input":true}: Write to <EMAIL_ADDRESS>',
    '{"output":true}: Write to <EMAIL_ADDRESS>',
  ],
  "tools.mjs": [
    'weather {"city":"Oslo"}\nIt is 4 degrees in Oslo.\n[{"city":"Oslo","celsius":4}]\nIt is 4 degrees in Oslo.',
  ],
};

/** What examples share. */
const SHARED = ["local-openai.mjs"];

test("every example is tested", () => {
  const examples = readdirSync(join(ROOT, "examples", "dapr")).filter((name) => name.endsWith(".mjs"));
  expect(examples.sort()).toEqual([...Object.keys(PRINTS), ...SHARED].sort());
});

test.concurrent.each(Object.entries(PRINTS))("examples/dapr/%s runs and prints what it should", async (name, texts) => {
  const { code, stdout, stderr } = await runNode(join("examples", "dapr", name), [], "");
  expect(stderr).toBe("");
  for (const text of texts) expect(stdout).toContain(text);
  expect(code).toBe(0);
});
