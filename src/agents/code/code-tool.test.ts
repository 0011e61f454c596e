import { expect, test } from "vitest";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { Agent } from "../agent.js";
import { type CodeToolOptions, codeTool } from "./code-tool.js";

async function run(code: string, options: CodeToolOptions = {}, input?: unknown) {
  const call = { type: "tool-call", callId: "1", name: "run_code", input: { code, input } } as ChatEvent;
  // What a busy machine makes slow is no endless loop.
  const tools = [codeTool({ timeoutMs: 600_000, ...options })];
  const agent = new Agent({ model: scripted([[call], ["done"]]), tools });
  const { messages } = await agent.run("Go.");
  const results = messages.flatMap(({ role, content }) => (role === "tool" ? content : []));
  const [result] = results;
  if (result?.type !== "tool-result") throw new Error("no result");
  return result;
}

test("code is run, with its input and what it logs", async () => {
  const { output } = await run("console.log('seen', input); input.map((n) => n * 2)", {}, [1, 2, 3]);
  expect(output).toEqual({ result: [2, 4, 6], logs: "seen [1,2,3]\n" });
  expect((await run("(async () => { await null; return 7; })()")).output).toEqual({ result: 7 });
  expect((await run("let x = 1;")).output).toEqual({ result: null });
});

test.each([
  ["process", "typeof process"],
  ["require", "typeof require"],
  ["fetch", "typeof fetch"],
  ["timers", "typeof setTimeout"],
  ["the host's objects", "typeof globalThis.__log"],
  ["the host through a constructor", "typeof console.log.constructor('return this')().process"],
])("%s cannot be reached", async (_, code) => {
  expect((await run(code)).output).toEqual({ result: "undefined" });
});

test.each<[string, string, CodeToolOptions, string]>([
  ["an endless loop", "for (;;) {}", { timeoutMs: 50 }, "it took more than 50 ms"],
  ["an endless loop of promises", "(async () => { for (;;) await null; })()", { timeoutMs: 50 }, "50 ms"],
  ["memory without end", "let a = []; for (;;) a.push({ n: a.length })", { memoryBytes: 2_097_152 }, "memory"],
  [
    "what cannot be interrupted",
    "let a = []; for (;;) a.push(new Array(1e5).fill(1))",
    { memoryBytes: 2_097_152, timeoutMs: 50 },
    "it took more than 50 ms",
  ],
  ["a recursion without end", "(function f() { f(); })()", {}, "stack"],
  ["an error", "null.x", {}, "TypeError"],
  ["what is no JavaScript", "a b", {}, "SyntaxError"],
  ["a promise that never ends", "new Promise(() => {})", {}, "never comes"],
  ["a module", "import('node:fs')", {}, ""],
  ["a result that is too long", "'x'.repeat(1000)", { maxChars: 100 }, "100 are allowed"],
])("%s is an error of the tool", async (_, code, options, message) => {
  const result = await run(code, options);
  expect(result.isError).toBe(true);
  expect(String(result.output)).toContain(message);
});

test("what is logged without end is cut", async () => {
  const { output } = await run("for (let i = 0; i < 500; i++) console.log('line')", { maxChars: 100 });
  expect(output).toMatchObject({ logs: expect.stringMatching(/^(line\n)+$/) });
  expect(JSON.stringify(output).length).toBeLessThan(300);
});

test("leaving ends what runs", async () => {
  const call: ChatEvent = { type: "tool-call", callId: "1", name: "run_code", input: { code: "for (;;) {}" } };
  const agent = new Agent({ model: scripted([[call], ["done"]]), tools: [codeTool({ timeoutMs: 60_000 })] });
  for await (const event of agent.stream("Go.")) if (event.type === "tool-call") break;
});

test("what cannot be is refused", () => {
  expect(() => codeTool({ timeout: 1 } as never)).toThrow("did you mean timeoutMs?");
});
