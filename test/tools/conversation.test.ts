import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { SqliteStore } from "../../src/chat/stores/sqlite-store.js";
import { type ScriptLine, scripted } from "../../src/models/scripted.js";
import { openCalls } from "../../src/tools/history.js";
import { approve, deny, responseMessage } from "../../src/tools/input-response.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { collect } from "../support/collect.js";
import { call } from "../support/tool-events.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process of its own, as far as the conversation can tell. */
async function process(file: string, contextId: string, scripts: ScriptLine[][]) {
  const ran: string[] = [];
  const remove = tool({ name: "remove", input: { type: "object" }, approval: true, run: () => ran.push("remove") });
  const look = tool({ name: "look", input: { type: "object" }, run: () => "three files" });
  const store = await SqliteStore.open(join(folder, file));
  const model = scripted(scripts);
  const conversation = new Conversation({ model: withTools(model, [remove, look]), store, contextId });
  return { conversation, model, ran, close: () => store.close() };
}

test("turns with tool calls are stored, and resumed in another process", async () => {
  const first = await process("turns.db", "c1", [
    ["I look. ", call("a", "look"), call("b", "look"), "Wait."],
    ["Three."],
  ]);
  expect((await first.conversation.send("How many files?")).text).toBe("I look. Wait.Three.");
  await first.close();

  const second = await process("turns.db", "c1", [["Yes."]]);
  expect((await second.conversation.send("Sure?")).text).toBe("Yes.");
  expect(second.model.requests[0]?.messages).toMatchObject([
    { role: "user", content: "How many files?" },
    { role: "assistant", content: [{ text: "I look. " }, { callId: "a" }, { callId: "b" }, { text: "Wait." }] },
    { role: "tool", content: [{ callId: "a", output: "three files" }, { callId: "b" }] },
    { role: "assistant", content: [{ text: "Three." }] },
    { role: "user", content: "Sure?" },
  ]);
  await second.close();
});

test("a call that waits for approval waits in the store, and the turn goes on in another process", async () => {
  const first = await process("approval.db", "c1", [[call("a", "remove"), call("b", "look"), call("c", "remove")]]);
  expect((await first.conversation.send("Clean up.")).finishReason).toBe("input-required");
  expect(first.ran).toEqual([]);
  await first.close();

  const second = await process("approval.db", "c1", [["Removed one."], ["Bye."]]);
  const stored = (await second.conversation.messages()).map(({ message }) => message);
  expect(openCalls(stored)).toMatchObject([{ callId: "a" }, { callId: "c" }]);
  const events = await collect(second.conversation.stream(responseMessage(approve("a"), deny("c", "not that"))));
  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.callId] : [])).sort()).toEqual(["a", "c"]);
  expect(second.ran).toEqual(["remove"]);
  const sent = second.model.requests[0]?.messages;
  expect(sent).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [{ callId: "a" }, { callId: "b" }, { callId: "c" }] },
    {
      role: "tool",
      content: [
        { callId: "a", output: 1 },
        { callId: "b", output: "three files" },
        { callId: "c", isError: true, output: "The call was denied; it did not run: not that" },
      ],
    },
  ]);
  await second.close();

  const third = await process("approval.db", "c1", [["Bye."]]);
  await third.conversation.send("Thanks.");
  expect(third.model.requests[0]?.messages.slice(0, 3)).toEqual(sent);
  expect(third.model.requests[0]?.messages.slice(3)).toMatchObject([
    { role: "assistant", content: [{ text: "Removed one." }] },
    { role: "user", content: "Thanks." },
  ]);
  await third.close();
});

test("calls are decided one by one, and the model is asked when all are", async () => {
  const { conversation, model, ran, close } = await process("one-by-one.db", "c1", [
    [call("a", "remove"), call("b", "remove"), call("c", "theirs")],
    ["All done."],
  ]);
  const request = { tools: [{ name: "theirs", inputSchema: { type: "object" } }] };
  const waiting = async () => openCalls((await conversation.messages()).map(({ message }) => message));
  await conversation.send("Clean up.", { request });
  expect((await conversation.send(responseMessage(approve("a")), { request })).finishReason).toBe("input-required");
  expect(await waiting()).toMatchObject([{ callId: "b" }, { callId: "c" }]);
  const theirs = { type: "tool-result", callId: "c", name: "theirs", output: "seen" } as const;
  expect((await conversation.send({ role: "tool", content: [theirs] }, { request })).finishReason).toBe(
    "input-required",
  );
  expect(await waiting()).toMatchObject([{ callId: "b" }]);
  expect(model.requests).toHaveLength(1);
  expect((await conversation.send(responseMessage(deny("b")), { request })).text).toBe("All done.");
  expect(ran).toEqual(["remove"]);
  expect(model.requests[1]?.messages).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [{ callId: "a" }, { callId: "b" }, { callId: "c" }] },
    {
      role: "tool",
      content: [
        { callId: "a", output: 1 },
        { callId: "b", isError: true },
        { callId: "c", output: "seen" },
      ],
    },
  ]);
  expect(model.requests[1]?.messages).toHaveLength(3);
  await close();
});

// A service that wants a result for each call gets one from its dialect (`dialects/history`).
test("a conversation goes on when nobody decides, and has the call that waited without a result", async () => {
  const { conversation, model, close } = await process("ignored.db", "c1", [
    [call("a", "remove"), call("b", "look")],
    ["Fine."],
  ]);
  await conversation.send("Clean up.");
  expect((await conversation.send("Never mind.")).text).toBe("Fine.");
  expect(model.requests[1]?.messages).toMatchObject([
    { role: "user" },
    { role: "assistant", content: [{ callId: "a" }, { callId: "b" }] },
    { role: "tool", content: [{ callId: "b" }] },
    { role: "user" },
  ]);
  await close();
});
