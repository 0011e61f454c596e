import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { openRequests } from "../tools/history.js";
import { tool } from "../tools/tool.js";
import { withTools } from "../tools/with-tools.js";
import { ChatSession } from "./chat-session.js";

const call = (name: string, input: object): ChatEvent => ({
  type: "tool-call",
  callId: "1",
  name,
  input: input as never,
});

/** A session in which a tool waits, and the lines that are typed; without lines nobody is there. */
async function talked(name: string, lines: readonly string[] | undefined, input: object = { eur: 5 }) {
  const ran: unknown[] = [];
  const pay = tool({ name: "pay", input: { type: "object" }, approval: true, run: (input) => void ran.push(input) });
  const count = tool({
    name: "count",
    input: { type: "object" },
    run: async (_, { ask }) => {
      const schema = { type: "object", properties: { many: { type: "integer" } }, required: ["many"] };
      ran.push(await ask({ message: "How many?", schema }));
    },
  });
  const model = withTools(scripted([[call(name, input)], ["done"]]), [pay, count]);
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {}, onInterrupt: () => () => {} };
  const session = new ChatSession({ model }, io);
  const left = [...(lines ?? [])];
  if (lines !== undefined) session.nextLine = async () => left.shift();
  await session.say("Go.");
  const messages = (await session.conversation.messages()).map(({ message }) => message);
  return { ran, notes: String(stderr.read() ?? ""), waiting: openRequests(messages).length, left: left.length };
}

test.each<[string, string[] | undefined, unknown[], number]>([
  ["pay", ["y"], [{ eur: 5 }], 0],
  ["pay", ["maybe", "n"], [], 0],
  ["pay", ['{"eur": 4}'], [{ eur: 4 }], 0],
  ["pay", [], [], 1],
  ["pay", undefined, [], 0],
  ["count", ["many", "7"], [{ many: 7 }], 0],
  ["count", ['{"many": 8}'], [{ many: 8 }], 0],
  ["count", undefined, [], 0],
])("what the tool %s asks is answered with %j at the terminal", async (name, lines, ran, waiting) => {
  const talk = await talked(name, lines);
  expect(talk).toMatchObject({ ran, waiting, left: 0 });
  if (lines !== undefined) expect(talk.notes).toContain(name === "pay" ? '? pay {"eur":5}' : "? How many?");
});

test("who allows a call sees what it is called with, hidden characters too", async () => {
  const { notes, ran } = await talked("pay", ["y"], { to: "safe\u202e\u2066live\u2069\u200b" });
  expect(notes).toContain('? pay {"to":"safe\\u202e\\u2066live\\u2069\\u200b"}');
  expect(ran).toEqual([{ to: "safe\u202e\u2066live\u2069\u200b" }]);
});
