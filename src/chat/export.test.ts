import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMessages } from "../../test/laws/arbitrary-request.js";
import { parseJson } from "../base/json.js";
import { scripted } from "../models/scripted.js";
import { FINISH_REASONS, isFinishReason } from "../stream/finish-reasons.js";
import type { ChatMessage } from "../stream/message.js";
import { Conversation } from "./conversation.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { exportConversation } from "./export-conversation.js";
import { importConversation, readExport } from "./import-json.js";
import { chain } from "./stored-turn.js";
import { MemoryStore } from "./stores/memory-store.js";

/** A conversation that has everything: state of a provider, bytes, tools, a branch, an interrupted answer. */
async function rich(store: MemoryStore): Promise<Conversation> {
  const opaque = { dialect: "anthropic", data: { signature: "EqQB+/=", $base64: "not bytes" } };
  const model = scripted([
    [{ type: "reasoning-delta", text: "Hm.\nA cat?", opaque }, "It is ", "a cat."],
    ["Another try"],
    ["Half an ans", { waitMs: 1e9 }],
  ]);
  const conversation = new Conversation({ model, store, contextId: "cats", system: "Be brief." });
  await conversation.send([
    { type: "text", text: "What is this?" },
    { type: "file", mediaType: "image/png", data: Uint8Array.of(0, 1, 254, 255), filename: "cat.png" },
  ]);
  await conversation.add({
    role: "assistant",
    content: [{ type: "tool-call", callId: "1", name: "look", input: { at: ["ü", null, "```"] } }],
  });
  await conversation.add({
    role: "tool",
    content: [{ type: "tool-result", callId: "1", name: "look", output: "found", isError: true }],
  });
  const [question] = await conversation.messages();
  await conversation.regenerate(question?.id).fullText;
  for await (const _ of conversation.stream("Go on.").text) break;
  await conversation.setMetadata({ tags: ["cats"] });
  return conversation;
}

describe("JSON", () => {
  test("keeps everything: imported elsewhere, it is the same conversation", async () => {
    const conversation = await rich(new MemoryStore());
    const json = await conversation.export("json");
    const elsewhere = new MemoryStore();
    expect(await importConversation(elsewhere, json)).toBe("cats");
    const copy = new Conversation({ model: scripted([["Yes."]]), store: elsewhere, contextId: "cats" });
    expect(await copy.allMessages()).toEqual(await conversation.allMessages());
    expect(await copy.messages()).toEqual(await conversation.messages());
    expect(await copy.metadata()).toEqual({ tags: ["cats"] });
    expect(await copy.title()).toBe("What is this?");
    expect(await copy.export("json")).toBe(json);
    expect((await copy.send("Still there?")).text).toBe("Yes.");
  });

  test("keeps any conversation", async () => {
    // Without what JSON does not keep: -0, and keys that could reach a prototype.
    const json = fc.jsonValue({ maxDepth: 2 }).map((value) => parseJson(JSON.stringify(value)));
    await fc.assert(
      fc.asyncProperty(arbitraryMessages, json, async (messages, data) => {
        const said = messages.flatMap((message): ChatMessage[] =>
          message.role === "user" && typeof message.content !== "string"
            ? [
                {
                  ...message,
                  content: [...message.content, { type: "text", text: "", opaque: { dialect: "d", data } }],
                },
              ]
            : [message],
        );
        const stored = chain(null, said);
        const head = stored.at(-1)?.id ?? null;
        const times = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
        const conversation: StoredConversation = {
          id: "a",
          version: 1,
          head,
          metadata: {},
          messages: stored,
          ...times,
        };
        const read = readExport(exportConversation(conversation, "json"));
        expect(read.messages).toEqual(stored);
        expect(read.head).toBe(head);
      }),
    );
  });

  test("keeps an answer that ended for any reason, and bytes in a service's own summary", () => {
    const stored = FINISH_REASONS.flatMap((reason): StoredMessage[] =>
      isFinishReason(reason)
        ? chain(null, [{ role: "user", content: "Hi" }]).map((one) => ({ ...one, finishReason: reason }))
        : [],
    );
    const image = { type: "file" as const, mediaType: "image/png", data: Uint8Array.of(0, 254) };
    const [first] = stored;
    if (first === undefined) throw new Error("nothing is stored");
    first.summary = { text: "compacted", messages: [{ role: "user", content: [image] }], upTo: first.id };
    const times = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
    const conversation = { id: "a", version: 1, head: first.id, metadata: {}, messages: stored, ...times };
    expect(readExport(exportConversation(conversation, "json")).messages).toEqual(stored);
  });

  test("is not imported over a conversation that is there, but under another id", async () => {
    const store = new MemoryStore();
    const json = await (await rich(store)).export("json");
    await expect(importConversation(store, json)).rejects.toMatchObject({ code: "conflict", field: "contextId" });
    expect(await importConversation(store, json, { contextId: "copy" })).toBe("copy");
  });

  const valid = {
    format: "sluice-conversation",
    version: 1,
    id: "a",
    head: "1",
    metadata: {},
    messages: [
      {
        id: "1",
        parentId: null,
        createdAt: "2026-01-01T00:00:00.000Z",
        status: "complete",
        message: { role: "user", content: "Hi" },
      },
    ],
  };
  const [first] = valid.messages;
  const file = (data: object) => ({ role: "user", content: [{ type: "file", mediaType: "image/png", data }] });

  test.each([
    ["{", "export: found SyntaxError", "JSON"],
    ["[]", "export: found an array of 0", "sluice-conversation"],
    [{ ...valid, format: "other" }, 'format: found "other"', "sluice-conversation"],
    [{ ...valid, version: 2 }, "version: found 2", "1, which this version of Sluice reads"],
    [{ ...valid, extra: 1 }, "extra: found 1", "no such field"],
    [{ ...valid, metadata: [] }, "metadata: found an array of 0", "an object"],
    [{ ...valid, head: "2" }, 'head: found "2"', "the id of a message"],
    [{ ...valid, messages: [first, first] }, 'messages[1].id: found "1"', "an id that no message before it has"],
    [{ ...valid, messages: [{ ...first, parentId: "0" }] }, 'messages[0].parentId: found "0"', "a message before it"],
    [
      { ...valid, messages: [{ ...first, status: "half" }] },
      'messages[0].status: found "half"',
      "complete, interrupted",
    ],
    [{ ...valid, messages: [{ ...first, createdAt: "now" }] }, 'messages[0].createdAt: found "now"', "a time such as"],
    [{ ...valid, messages: [{ ...first, cost: -1 }] }, "messages[0].cost: found -1", "USD"],
    [
      { ...valid, messages: [{ ...first, usage: { inputTokens: 0.5 } }] },
      "messages[0].usage.inputTokens",
      "a whole number",
    ],
    [
      {
        ...valid,
        messages: [{ ...first, summary: { text: "x", messages: [{ role: "boss", content: "Hi" }], upTo: "1" } }],
      },
      'messages[0].summary.messages[0].role: found "boss"',
      "user",
    ],
    [
      { ...valid, messages: [{ ...first, message: { role: "boss", content: "Hi" } }] },
      'messages[0].message.role: found "boss"',
      "user",
    ],
    [
      { ...valid, messages: [{ ...first, message: file({ base64: "?" }) }] },
      'messages[0].message.content[0].data.base64: found "?"',
      "base64",
    ],
    [
      { ...valid, messages: [{ ...first, message: file({ bytes: "?" }) }] },
      "messages[0].message.content[0].data",
      "{ url }",
    ],
  ])("refuses %j", (value, found, allowed) => {
    const read = () => readExport(typeof value === "string" ? value : JSON.stringify(value));
    expect(read).toThrow(found);
    expect(read).toThrow(allowed);
  });
});

describe("text for people", () => {
  test("is the current branch, and says what is left out", async () => {
    const conversation = await rich(new MemoryStore());
    const text = await conversation.export("text");
    expect(text.replaceAll(/\[\d{4}-[^\]]+Z\]/g, "[time]")).toBe(
      `What is this?
(3 messages of other branches are left out)

[time] user:
What is this?
[file: cat.png, image/png, 4 bytes]

[time] assistant:
Another try

[time] user:
Go on.

[time] assistant (interrupted):
Half an ans
`,
    );
  });

  test("as Markdown has a heading for each message, quotes thoughts, and fences what tools said", async () => {
    const conversation = await rich(new MemoryStore());
    const tool = (await conversation.allMessages()).find(({ message }) => message.role === "tool");
    await conversation.checkout(tool?.id ?? "");
    const markdown = await conversation.export("markdown");
    expect(markdown).toMatch(/^# What is this\?\n\n- Conversation: cats\n- From \S+Z to \S+Z\n/);
    expect(markdown).toContain("- 3 messages of other branches are left out\n");
    expect(markdown).toMatch(/\n## User · \S+Z\n\nWhat is this\?\n\n\*file: cat\.png, image\/png, 4 bytes\*\n/);
    expect(markdown).toMatch(/\n## Assistant · \S+Z · scripted\n\n> Hm\.\n> A cat\?\n\nIt is a cat\.\n/);
    expect(markdown).toContain('\n*calls look*\n\n````json\n{\n  "at": [\n');
    expect(markdown).toMatch(/\n## Tool · \S+Z\n\n\*look failed\*\n\n```text\nfound\n```\n$/);
  });

  test("of a conversation in which nothing was said", async () => {
    const empty = new Conversation({ model: scripted([]), contextId: "empty" });
    expect(await empty.export("text")).toBe("empty\n");
    expect(await empty.export("markdown")).toBe("# empty\n\n- Conversation: empty\n");
  });

  test("has no other forms", async () => {
    const conversation = new Conversation({ model: scripted([]) });
    await expect(conversation.export("pdf" as "json")).rejects.toThrow(
      'format: found "pdf"; allowed: json, text, markdown',
    );
  });
});
