import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHAT_COMMANDS } from "../../src/cli/chat-commands.js";
import { ROOT } from "../e2e/run.js";
import { runInProcess } from "../support/run-in-process.js";

const HEADING = "## In a chat\n";

/** What `--help` says of a command and of those below it, the upper ones first. */
async function helpOf(words: readonly string[]): Promise<{ words: readonly string[]; text: string }[]> {
  const { stdout: text } = await runInProcess([...words, "--help"], {});
  const [, list = ""] = text.split("\nCommands:\n");
  const names = Array.from(list.matchAll(/^ {2}([a-z]+)(?= )/gm), ([, name = ""]) => name);
  const below = await Promise.all(names.filter((name) => name !== "help").map((name) => helpOf([...words, name])));
  return [{ words, text }, ...below.flat()];
}

function chatCommands(): string {
  const rows = Object.entries(CHAT_COMMANDS).map(([name, { takes, does }]) => {
    const call = `/${name} ${takes}`.trim();
    return `| \`${call}\` | ${does} |`;
  });
  return ["| command | what it does |", "| --- | --- |", ...rows].join("\n");
}

test("docs/command.md lists every command and option (`npx vitest run test/house/command-page.test.ts -u` writes them)", async () => {
  const [before, rest, ...more] = readFileSync(join(ROOT, "docs", "command.md"), "utf8").split(HEADING);
  expect([rest === undefined, more], "the heading is there once").toEqual([false, []]);
  const pages = await helpOf([]);
  expect(pages.map(({ words }) => words.join(" "))).toEqual(expect.arrayContaining(["chat", "ask", "dapr run"]));
  const sections = pages.map(({ words, text }) => {
    return `## \`${["sluice", ...words].join(" ")}\`\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  });
  const page = [`${before}${HEADING}\n${chatCommands()}\n`, ...sections].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/command.md");
});

test("every variable of Sluice's own that the code reads is in a guide", () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const variables = new Set<string>();
  for (const name of sources.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))) {
    const code = readFileSync(join(ROOT, "src", name), "utf8");
    for (const [variable] of code.matchAll(/(?<=env\.)SLUICE_[A-Z_]+/g)) variables.add(variable);
  }
  expect(variables.size).toBeGreaterThan(3);
  const guides = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  const said = guides.map((name) => readFileSync(join(ROOT, "docs", name), "utf8")).join("\n");
  expect(Array.from(variables).filter((variable) => !said.includes(`\`${variable}\``))).toEqual([]);
});
