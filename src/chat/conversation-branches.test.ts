import { describe, expect, test } from "vitest";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import { type AssistantPart, textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import { heardPart } from "./heard-part.js";
import { MemoryStore } from "./stores/memory-store.js";

const fast = echo({ tokensPerSecond: Number.POSITIVE_INFINITY });
const texts = async (conversation: Conversation) =>
  (await conversation.messages()).map(({ message }) => textOf(message));

describe("branches of a conversation", () => {
  test("answers again what was said together", async () => {
    const model = scripted([["one"], ["two"], ["three"]]);
    const conversation = new Conversation({ model });
    await conversation.send([
      { role: "user", content: "Hi" },
      { role: "system", content: "Be brief." },
    ]);
    await conversation.regenerate().fullText;
    await conversation.addSystemMessage("Be kind.");
    await conversation.regenerate().fullText;
    for (const { messages } of model.requests) expect(messages.map(textOf)).toEqual(["Hi", "Be brief."]);
    expect(await texts(conversation)).toEqual(["Hi", "Be brief.", "three"]);
  });

  test("edits, regenerates and goes back to a branch", async () => {
    const conversation = new Conversation({ model: scripted([["one"], ["two"], ["three"]]) });
    await conversation.send("First");
    const [question, answer] = await conversation.messages();
    await conversation.edit(question?.id ?? "", "Second").fullText;
    expect(await texts(conversation)).toEqual(["Second", "two"]);
    await conversation.regenerate().fullText;
    expect(await texts(conversation)).toEqual(["Second", "three"]);
    await conversation.checkout(answer?.id ?? "");
    expect(await texts(conversation)).toEqual(["First", "one"]);
    expect(await conversation.allMessages()).toHaveLength(5);
  });

  test("a fork goes its own way", async () => {
    const conversation = new Conversation({ model: fast });
    await conversation.send("one");
    const fork = await conversation.fork();
    await fork.send("two");
    expect(await texts(conversation)).toEqual(["one", "one"]);
    expect(await texts(fork)).toEqual(["one", "one", "two", "two"]);
    const taken = { contextId: fork.contextId, store: new MemoryStore() };
    await new Conversation({ model: fast, ...taken }).setTitle("Taken");
    await expect(conversation.fork(taken)).rejects.toMatchObject({ code: "conflict", field: "contextId" });
  });
});

describe("an answer that was only partly heard", () => {
  const spoken = async () => {
    const conversation = new Conversation({ model: scripted([["One two 😀 three."], ["Next."]]) });
    const { message } = await conversation.send("Count.");
    return { conversation, id: message.id };
  };

  test("goes on from what was heard, and stays whole as a branch", async () => {
    const { conversation, id } = await spoken();
    const heard = await conversation.heard(id, 7);
    expect(heard).toMatchObject({ status: "interrupted" });
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual(["Count.", "One two"]);
    expect((await conversation.branches(id)).map(({ message }) => textOf(message))).toEqual([
      "One two 😀 three.",
      "One two",
    ]);
    await conversation.send("Go on.");
    await expect(conversation.heard(id, 3)).rejects.toMatchObject({ code: "invalid-argument", field: "messageId" });
  });

  test("has no half of a character, no word where none was heard, and is itself where all was", async () => {
    const { conversation, id } = await spoken();
    expect(textOf((await conversation.heard(id, 9))?.message ?? { role: "user", content: "" })).toBe("One two ");
    const whole = await spoken();
    expect(await whole.conversation.heard(whole.id, 99)).toMatchObject({ id: whole.id, status: "complete" });
    const nothing = await spoken();
    expect(await nothing.conversation.heard(nothing.id, 0)).toBeUndefined();
    expect(await nothing.conversation.messages()).toHaveLength(1);
    await expect(nothing.conversation.heard(nothing.id, -1)).rejects.toMatchObject({ field: "chars" });
  });

  test("leaves out what came behind it", () => {
    const source = { type: "source" as const, source: { kind: "url" as const, url: "https://a.io" } };
    const content: AssistantPart[] = [
      { type: "reasoning", text: "hm" },
      { type: "text", text: "One" },
      { type: "tool-call", callId: "1", name: "t", input: {} },
      { type: "text", text: "two three", opaque: { dialect: "x", data: 1 } },
      source,
    ];
    expect(heardPart({ role: "assistant", content }, 6)?.content).toEqual([
      ...content.slice(0, 3),
      { type: "text", text: "two" },
    ]);
    expect(heardPart({ role: "assistant", content }, 3)?.content).toEqual(content.slice(0, 2));
    expect(heardPart({ role: "assistant", content: "Hello" }, 2)?.content).toBe("He");
  });
});
