import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Agent } from "../../src/agents/agent.js";
import { codeTool } from "../../src/agents/code/code-tool.js";
import { fileTools } from "../../src/agents/files/file-tools.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { asTool } from "../../src/tools/as-tool.js";
import type { Tool, ToolApproval } from "../../src/tools/tool.js";

/** A call of somebody. */
const callOf = (caller: string) => ({
  signal: new AbortController().signal,
  callId: "1",
  messages: [],
  context: { caller },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "approvals-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Each maker of tools, with what decides, and arguments of a call. */
const MAKERS: [string, (approval: ToolApproval) => Promise<Tool> | Tool, object][] = [
  ["codeTool", (approval) => codeTool({ approval }), { code: "1" }],
  [
    "fileTools",
    async (approval) => {
      const tools = await fileTools(folder, { write: true, approval });
      return tools.find(({ definition }) => definition.name === "write_file") as Tool;
    },
    { path: "a.txt", text: "x" },
  ],
  ["asTool", (approval) => asTool(scripted([["x"]]), { name: "x", approval }) as Tool, { prompt: "x" }],
  [
    "an agent's asTool",
    (approval) => new Agent({ model: scripted([["x"]]) }).asTool({ approval } as never),
    { message: "x" },
  ],
];

test.each(MAKERS)("%s takes what decides of each call", async (_, make, input) => {
  const asked: unknown[] = [];
  const tool = await make((given, { context }) => {
    asked.push(given);
    return context.caller !== "ann";
  });
  expect(await tool.needsApproval?.(input, callOf("ann"))).toBe(false);
  expect(await tool.needsApproval?.(input, callOf("bob"))).toBe(true);
  expect(asked).toEqual([input, input]);
});

test.each(MAKERS)("%s refuses an approval that is none", async (_, make) => {
  await expect((async () => make("always" as never))()).rejects.toThrow("true, false, or a function");
});

test("a file is written where the function allows it, and not where it asks", async () => {
  const tools = await fileTools(folder, { write: true, approval: ({ path }) => path !== "free.txt" });
  const said = (path: string) => {
    const call: ChatEvent = { type: "tool-call", callId: path, name: "write_file", input: { path, text: "x" } };
    return new Agent({ model: scripted([[call], ["Done."]]), tools }).chat("Write.");
  };
  await expect(said("kept.txt")).rejects.toMatchObject({ code: "input-required" });
  await said("free.txt");
  expect(await readdir(folder)).toEqual(["free.txt"]);
});
