import { describe, expect, test } from "vitest";
import { guard, pii } from "../guards/index.js";
import { scripted } from "../models/scripted.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";

describe("a conversation as a chat model", () => {
  test("says what is new of a request, whether or not it comes with its history", async () => {
    const model = scripted([["Hello."], ["Fine."], ["Bye."]]);
    const conversation = new Conversation({ model });
    const chat = conversation.asModel();
    expect(chat.id).toBe(model.id);
    const system = { role: "system" as const, content: "Be brief." };
    const first = [system, { role: "user" as const, content: "Hi" }];
    expect(await chat.stream({ messages: first, temperature: 0.5 }).fullText).toBe("Hello.");
    const later = [
      ...first,
      { role: "assistant" as const, content: "Hello." },
      { role: "user" as const, content: "You?" },
    ];
    await chat.stream({ messages: later }).fullText;
    await chat.stream({ messages: [system, { role: "user", content: "End" }] }).fullText;
    expect(model.requests[0]?.temperature).toBe(0.5);
    expect((await conversation.messages()).map(({ message }) => textOf(message))).toEqual([
      "Be brief.",
      "Hi",
      "Hello.",
      "You?",
      "Fine.",
      "End",
      "Bye.",
    ]);
    const answered = chat.stream({ messages: [...first, { role: "assistant", content: "x" }] });
    await expect(answered.fullText).rejects.toMatchObject({ code: "invalid-argument", field: "messages" });
  });

  test("can be guarded, call by call", async () => {
    const model = scripted([["To <EMAIL_ADDRESS_1>."]]);
    const conversation = new Conversation({ model });
    const guarded = guard(conversation.asModel(), pii({ reversible: true }));
    const asked = { messages: [{ role: "user" as const, content: "I am ann@example.com" }] };
    expect(await guarded.stream(asked).fullText).toBe("To ann@example.com.");
    expect(JSON.stringify(model.requests)).not.toContain("ann@example.com");
  });
});
