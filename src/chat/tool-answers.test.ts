import { describe, expect, test } from "vitest";
import { scripted } from "../models/scripted.js";
import type { ChatMessage, ToolMessage } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import { withoutRepeated } from "./tool-answers.js";

const call = (callId: string) => ({ type: "tool-call" as const, callId, name: "look", input: {} });
const result = (callId: string, output = "seen"): ToolMessage => ({
  role: "tool",
  content: [{ type: "tool-result", callId, name: "look", output }],
});
const approval = (id: string, type: "approve" | "deny" = "approve"): ToolMessage => ({
  role: "tool",
  content: [{ type: "input-response", id, response: { type } }],
});
const asked: ChatMessage[] = [
  { role: "user", content: "Go." },
  { role: "assistant", content: [call("a"), call("b")] },
];

describe("results and responses behind a history", () => {
  test("are kept once", () => {
    expect(withoutRepeated(asked, [result("a")])).toEqual([result("a")]);
    expect(withoutRepeated([...asked, result("a")], [result("a")])).toEqual([]);
    const both: ToolMessage = { role: "tool", content: [...result("a").content, ...result("b").content] };
    expect(withoutRepeated([...asked, result("a")], [both])).toEqual([result("b")]);
    expect(withoutRepeated(asked, [both, result("b"), approval("a"), approval("a")])).toEqual([both, approval("a")]);
  });

  test("are known again where only a part of them was kept, and in any order of names", () => {
    const keep = () => result("a", "***");
    expect(withoutRepeated([...asked, result("a", "***")], [result("a", "secret")], keep)).toEqual([]);
    const turned = { role: "tool", content: [{ output: "seen", name: "look", callId: "a", type: "tool-result" }] };
    expect(withoutRepeated([...asked, result("a")], [turned as ToolMessage])).toEqual([]);
  });

  test.each([
    ["a call that there is not", asked, result("x")],
    ["a request that there is not", asked, approval("x")],
    ["a call that was answered otherwise", [...asked, result("a")], result("a", "else")],
    ["a request that was answered otherwise", [...asked, approval("a")], approval("a", "deny")],
    ["a call of an earlier answer", [...asked, result("a"), { role: "assistant", content: "Done." }], result("a")],
    ["a call that something was said after", [...asked, { role: "user", content: "Wait." }], result("a")],
  ] as [string, ChatMessage[], ToolMessage][])("are refused for %s", (_, history, message) => {
    expect(() => withoutRepeated(history, [message])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

test("a conversation stores a repeated result once, and asks the model with it", async () => {
  const model = scripted([[call("a")], ["Done."]]);
  const conversation = new Conversation({ model });
  await conversation.send("Go.");
  const first = await conversation.add(result("a"));
  expect(await conversation.add(result("a"))).toEqual(first);
  expect((await conversation.send(result("a"))).text).toBe("Done.");
  expect((await conversation.messages()).map(({ message }) => message.role)).toEqual([
    "user",
    "assistant",
    "tool",
    "assistant",
  ]);
  await expect(conversation.send(result("a"))).rejects.toMatchObject({ code: "invalid-argument" });
  expect(model.requests).toHaveLength(2);
});

test("a result for a call of another branch is refused", async () => {
  const conversation = new Conversation({ model: scripted([[call("a")], [call("b")]]) });
  await conversation.send("Go.");
  await conversation.regenerate().finishReason;
  await expect(conversation.add(result("a"))).rejects.toMatchObject({ field: "messages[0].content[0].callId" });
  await conversation.add(result("b"));
});
