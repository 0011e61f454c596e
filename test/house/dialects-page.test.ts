import { expect, test } from "vitest";
import type { Dialect, WriterContext } from "../../src/dialects/dialect.js";
import { HISTORY_RULE_SOURCES } from "../../src/dialects/history/history-rules.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { type Carried, carriedBy, SAYINGS } from "../laws/round-trips.js";

/** A request whose answer carries everything, such as one that asks for usage. */
const CONTEXT: WriterContext = {
  model: "model-1",
  created: 1_700_000_000,
  request: {
    messages: [{ role: "user", content: "Hi" }],
    providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
  },
};

const MARKS: Readonly<Record<Carried, string>> = { all: "yes", some: "in part", none: "no" };

test("docs/dialects.md says what each dialect carries (`npx vitest run test/house/dialects-page.test.ts -u` writes it)", async () => {
  await expect(page(DIALECTS)).toMatchFileSnapshot("../../docs/dialects.md");
});

function page(dialects: readonly Dialect[]): string {
  return `# Dialects

A dialect is one wire protocol, both ways: it reads what a provider sends and writes what a client of that protocol
expects. This page is made by a test (\`test/house/dialects-page.test.ts\`) that puts answers through each dialect's writer
and back through its reader, and holds the page to what came back.

${table(dialects)}

"In part" is read as something, but not in full. State of a provider that one of its own answers carries
always comes back to it; the table asks about state that another provider made.

${dialects.map(section).join("\n\n")}

## What services refuse in a history

A conversation may have been stopped anywhere and may have been written by another service. What is sent is prepared for
the service that is asked; what is changed is a warning of the answer's \`start\`. The rules, and where they come from:

| who | rule | source |
| --- | --- | --- |
${HISTORY_RULE_SOURCES.map(({ who, rule, source }) => `| ${who} | ${rule} | ${source} |`).join("\n")}
`;
}

function table(dialects: readonly Dialect[]): string {
  const rows = SAYINGS.map((saying) => [
    saying.what,
    ...dialects.map((dialect) => MARKS[carriedBy(dialect, saying, CONTEXT)]),
  ]);
  const head = ["", ...dialects.map(({ name }) => `\`${name}\``)];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function section({ name, framing, losses }: Dialect): string {
  const framed = framing === "sse" ? "Server-sent events." : "One JSON object a line.";
  const list = losses.map(({ what, why }) => `- ${what}: ${why}.`).join("\n");
  return `## \`${name}\`\n\n${framed} What it cannot carry:\n\n${list}`;
}
