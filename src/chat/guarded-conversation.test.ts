import { describe, expect, test } from "vitest";
import { guard } from "../guards/guard.js";
import { type PiiOptions, pii } from "../guards/pii/pii.js";
import { scrubMessage } from "../guards/pii/scrub-message.js";
import { type ScriptLine, scripted } from "../models/scripted.js";
import { textOf } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { ConversationOptions } from "./conversation-options.js";
import { MemoryStore } from "./stores/memory-store.js";

/** Two turns with a guarded model: what the user saw, what the model saw at last, and what the store has. */
async function talk(answers: readonly ScriptLine[], guards: PiiOptions, options: Partial<ConversationOptions> = {}) {
  const model = scripted([answers, ["Bye."]]);
  const store = new MemoryStore();
  const conversation = new Conversation({ model: guard(model, pii(guards)), store, ...options });
  const { text: seen } = await conversation.send("I am ann@b.io.");
  await conversation.send("Thanks.");
  const stored = await store.load(conversation.contextId);
  return {
    seen,
    sent: model.requests[1]?.messages.map(textOf),
    kept: stored?.messages.map(({ message }) => textOf(message)),
    conversation,
  };
}

describe("a conversation with a guarded model keeps what the user said and saw", () => {
  test("where both directions are scrubbed", async () => {
    const { seen, sent, kept } = await talk(["Not bob@b.io?"], {});
    expect(seen).toBe("Not <EMAIL_ADDRESS>?");
    expect(sent).toEqual(["I am <EMAIL_ADDRESS>.", "Not <EMAIL_ADDRESS>?", "Thanks."]);
    expect(kept).toEqual(["I am ann@b.io.", "Not <EMAIL_ADDRESS>?", "Thanks.", "Bye."]);
  });

  test("where the model alone may not see values", async () => {
    const { seen, sent, kept } = await talk(["Hi, ann@b.io."], { directions: ["input"] });
    expect(seen).toBe("Hi, ann@b.io.");
    expect(sent).toEqual(["I am <EMAIL_ADDRESS>.", "Hi, <EMAIL_ADDRESS>.", "Thanks."]);
    expect(kept).toEqual(["I am ann@b.io.", "Hi, ann@b.io.", "Thanks.", "Bye."]);
  });

  test("with the values restored, where placeholders are reversible", async () => {
    const { seen, sent, kept } = await talk(["Hi, <EMAIL_", "ADDRESS_1>."], { reversible: true });
    expect(seen).toBe("Hi, ann@b.io.");
    expect(sent).toEqual(["I am <EMAIL_ADDRESS_1>.", "Hi, <EMAIL_ADDRESS_1>.", "Thanks."]);
    expect(kept).toEqual(["I am ann@b.io.", "Hi, ann@b.io.", "Thanks.", "Bye."]);
  });

  test("also of an answer that was stopped", async () => {
    const model = scripted([["Hi, <EMAIL_ADDRESS_1>. And ", { waitMs: 1e9 }]]);
    const conversation = new Conversation({ model: guard(model, pii({ reversible: true })) });
    for await (const _ of conversation.stream("I am ann@b.io.").text) break;
    const [asked, answer] = (await conversation.messages()).map(({ message }) => textOf(message));
    expect([asked, answer?.startsWith("Hi, ann@b.io.")]).toEqual(["I am ann@b.io.", true]);
  });
});

describe("what is kept of messages", () => {
  const keep = scrubMessage();

  test("may be placeholders, though the user sees the values", async () => {
    const { seen, sent, kept, conversation } = await talk(["Hi, <EMAIL_ADDRESS_1>."], { reversible: true }, { keep });
    expect(seen).toBe("Hi, ann@b.io.");
    expect(kept).toEqual(["I am <EMAIL_ADDRESS>.", "Hi, <EMAIL_ADDRESS>.", "Thanks.", "Bye."]);
    expect(sent).toEqual(["I am <EMAIL_ADDRESS>.", "Hi, <EMAIL_ADDRESS>.", "Thanks."]);
    expect(await conversation.title()).toBe("I am <EMAIL_ADDRESS>.");
    await conversation.add({ role: "user", content: "Or bob@b.io" });
    expect(textOf((await conversation.messages()).at(-1)?.message ?? { role: "user", content: "" })).toBe(
      "Or <EMAIL_ADDRESS>",
    );
    expect(await conversation.export("json")).not.toContain("@b.io");
  });

  test("is nothing where that cannot be said", async () => {
    const store = new MemoryStore();
    const broken = () => {
      throw new Error("no rules");
    };
    const conversation = new Conversation({ model: scripted([["Hi"]]), store, keep: broken });
    await expect(conversation.send("I am ann@b.io.")).rejects.toMatchObject({
      code: "store-failed",
      message: "keep: no rules",
    });
    expect(await store.load(conversation.contextId)).toBeUndefined();
    expect(() => new Conversation({ model: scripted([]), keep: "all" as never })).toThrow("keep: found");
  });
});
