import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, runNode } from "./run.js";

/** A line that each example must print: one without is not run, so a new example needs a line here. */
const PRINTS: Readonly<Record<string, string>> = {
  "ai-sdk.mjs": "text-delta of the AI SDK.",
  "approval-http.mjs": 'asks: pay {"amount":50}\nDone: paid 50.',
  "approval-terminal.mjs": "The result: The call was denied; it did not run: nobody allowed it",
  "attachments.mjs": "unsupported - messages[0].content[1]: found image (image/png); text-only takes text",
  "batch-processing.mjs": "item 6 | failed: no such prompt | item 8\n20 results, 20 reported, in order: item 20",
  "branches.mjs": 'found in capitals: [{"type":"text","text":"Paris."}]',
  "coding-helper.mjs": 'run_code: {"result":6}\nsum.js is rewritten',
  "conversation.mjs": 'assistant [{"type":"text","text":"What did I say?"}]',
  "debate.mjs": "judge: On busy canals, build locks.\nstop",
  "errors.mjs": 'truncated, worth another try: true, arrived: "The answer is"',
  "events.mjs": 'text-delta " three"',
  "fallback.mjs": "Right from the start.",
  "first-stream.mjs": "A sluice lets a stream through at the pace the other side can take.",
  "guards.mjs": "I am <EMAIL_ADDRESS>, call <PHONE_NUMBER>.\nWrite to ann@example.com.\nOne two three four | budget",
  "interrupt.mjs": "one two three\nleft; { inputTokens: 10",
  "memory-agent.mjs":
    "facts of ada: Ada is allergic to nuts. Ada lives by the canal.\nafter deleting one: Ada lives by the canal.",
  "rag-research.mjs": "from agents.md, of agents.md",
  "realtime.mjs": "set to: You pilot boats.\nsays: Open the gate slowly. Then wait.\nmore than a second of sound",
  "record-and-replay.mjs": "Remember this.",
  "serve.mjs": "Served as anthropic/claude-sonnet-4-5.",
  "server.mjs": "Hello there\nfinish",
  "simple-qa.mjs": "refused: the question is blank\nrefused: inputs.qestion",
  "speech.mjs": "3 files and one of everything: ",
  "streaming-chat.mjs": "refused: Streaming requires StreamingStrategy (set streaming: true in config)",
  "streaming-endpoint.mjs": "as OpenAI's: 1 2 3 \nthe model was stopped",
  "structured.mjs": "200 g of flour\n300 g of milk\nPancakes, asked by instructions",
  "voice-chat.mjs": "heard: What is a sluice?\nsays: A sluice is a gate for water.",
  "workflow.mjs": "Published: Sluices are old. They are everywhere.",
  "tool-calling.mjs": "result b: south: 2.9 m\nThe north gate is higher.",
  "tools.mjs": '[book returned: "booked for 30"]',
};

test("every example is tested", () => {
  const examples = readdirSync(join(ROOT, "examples")).filter((name) => name.endsWith(".mjs"));
  expect(examples.sort()).toEqual(Object.keys(PRINTS).sort());
});

test.concurrent.each(Object.entries(PRINTS))("examples/%s runs and prints what it should", async (name, line) => {
  const { code, stdout, stderr } = await runNode(join("examples", name), [], "");
  expect(stderr).toBe("");
  expect(stdout).toContain(line);
  expect(code).toBe(0);
});
