import { Command } from "commander";
import { expect, test } from "vitest";
import { meantWords } from "./meant-words.js";

const program = new Command("sluice");
for (const name of ["chat", "ask"])
  program.command(name).option("-m, --model <name>").option("-q, --quiet").option("-c, --continue");
for (const name of ["agent", "conversations", "serve", "models", "workflow"]) program.command(name);

test.each<[string[], string[]]>([
  [["Why is the sky blue?"], ["ask", "Why is the sky blue?"]],
  [
    ["what", "is", "a", "chat"],
    ["ask", "what", "is", "a", "chat"],
  ],
  [["hello"], ["ask", "hello"]],
  [
    ["chat", "-m", "echo"],
    ["chat", "-m", "echo"],
  ],
  [["--help"], ["--help"]],
  [
    ["help", "ask"],
    ["help", "ask"],
  ],
  [
    ["-m", "echo", "hi"],
    ["ask", "-m", "echo", "hi"],
  ],
  [
    ["-qm", "echo", "hi"],
    ["ask", "-qm", "echo", "hi"],
  ],
  [
    ["--model=echo", "hi"],
    ["ask", "--model=echo", "hi"],
  ],
  [
    ["-m", "echo"],
    ["chat", "-m", "echo"],
  ],
  [
    ["-c", "and then?"],
    ["ask", "-c", "and then?"],
  ],
  [["-c"], ["chat", "-c"]],
  [
    ["-m", "chat", "agent", "x"],
    ["agent", "-m", "chat", "x"],
  ],
  [
    ["--", "-5 + 3"],
    ["ask", "--", "-5 + 3"],
  ],
  [
    ["--", "models"],
    ["ask", "--", "models"],
  ],
  [
    ["-m", "echo", "--", "help", "me"],
    ["ask", "-m", "echo", "--", "help", "me"],
  ],
  [[], ["chat"]],
])("at a terminal, %j is %j", (words, meant) => {
  expect(meantWords(words, program, true)).toEqual(meant);
});

test("elsewhere, what has no words is asked from stdin", () => {
  expect(meantWords([], program, false)).toEqual(["ask"]);
  expect(meantWords(["-m", "echo"], program, false)).toEqual(["ask", "-m", "echo"]);
});

test.each([
  ["chta", "chat"],
  ["aks", "ask"],
  ["conversation", "conversations"],
  ["servee", "serve"],
  ["modles", "models"],
])("%s is a slip of %s", (word, name) => {
  expect(() => meantWords([word, "x"], program, true)).toThrow(`did you mean ${name}?`);
});
