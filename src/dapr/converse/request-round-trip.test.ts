import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { arbitraryMessages, arbitraryOptions } from "../../../test/laws/arbitrary-request.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatMessage, FilePart } from "../../stream/message.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { chatRequestOf } from "./converse-call.js";
import { readProtoJson, writeProtoJson } from "./proto-json.js";
import { readAlpha1Request } from "./read-alpha1-request.js";
import { readAlpha2Request } from "./read-alpha2-request.js";
import { writeAlpha1Request } from "./write-alpha1-request.js";
import { writeAlpha2Request } from "./write-alpha2-request.js";

/** Messages in the form that reading gives them: parts throughout, a message a result. */
function inParts(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.flatMap((message): ChatMessage[] => {
    if (message.role === "tool") return message.content.map((part) => ({ role: "tool", content: [part] }));
    if (typeof message.content !== "string") return [message];
    return [{ ...message, content: [{ type: "text", text: message.content }] } as ChatMessage];
  });
}

function withoutWords(messages: readonly ChatMessage[]): ChatMessage[] {
  return JSON.parse(JSON.stringify(messages, (key, value) => (key === "opaque" ? undefined : value)));
}

const FILES: FilePart[] = [
  { type: "file", mediaType: "image/png", data: new Uint8Array([0, 255, 1]), detail: "low" },
  { type: "file", mediaType: "application/pdf", data: new Uint8Array(), filename: "empty.pdf" },
  { type: "file", mediaType: "image/*", data: { url: "https://example.org/a.png" } },
  { type: "file", mediaType: "application/octet-stream", data: { id: "file_1" } },
];

const textual = arbitraryMessages.filter((messages) =>
  messages.every(({ content }) => typeof content === "string" || content.every(({ type }) => type !== "file")),
);
const known = () => true;

test("files of the user arrive as they were sent, by JSON and by protobuf", () => {
  const content = [{ type: "text" as const, text: "What is this?" }, ...FILES];
  const { message } = writeAlpha2Request({ messages: [{ role: "user", content }] }, { component: "llm" });
  const byJson = readProtoJson(
    ConversationRequestAlpha2Schema,
    writeProtoJson(ConversationRequestAlpha2Schema, message),
  );
  const byWire = fromBinary(ConversationRequestAlpha2Schema, toBinary(ConversationRequestAlpha2Schema, message));
  for (const read of [byJson, byWire]) {
    expect(chatRequestOf(readAlpha2Request(read, known)).messages).toEqual([{ role: "user", content }]);
  }
});

test.each([
  ["ofSystem", { url: "x", mediaType: "image/png" }, "only messages of the user can have files"],
  ["ofUser", { url: "x" }, "a file must have a mediaType"],
  ["ofUser", { mediaType: "image/png" }, "a file must have data, a url or an id"],
  ["ofUser", { url: "x", mediaType: "image/png", detail: "most" }, "the detail of a file must be"],
])("a file that is none is refused: %s %j", (role, file, reason) => {
  const body = JSON.stringify({ name: "llm", inputs: [{ messages: [{ [role]: { content: [{ file }] } }] }] });
  const request = readProtoJson(ConversationRequestAlpha2Schema, body);
  expect(() => readAlpha2Request(request, known)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(reason) }),
  );
});

describe("a request arrives as it was sent", () => {
  test("with Alpha2", () => {
    fc.assert(
      fc.property(textual, arbitraryOptions, (messages, { topP: _, stop: __, ...options }) => {
        const request: ChatRequest = { messages, ...options };
        const { message, warnings } = writeAlpha2Request(request, { component: "llm", contextId: "c1" });
        expect(warnings).toEqual([]);
        const sent = writeProtoJson(ConversationRequestAlpha2Schema, message);
        const read = readAlpha2Request(readProtoJson(ConversationRequestAlpha2Schema, sent), known);
        const { messages: arrived, toolChoice: ___, ...settings } = chatRequestOf(read);
        expect(withoutWords(arrived)).toEqual(inParts(messages));
        expect(settings).toEqual(options);
        expect(read).toMatchObject({ component: "llm", contextId: "c1", scrubOutput: false });
      }),
    );
  });

  test("with Alpha1, its text", () => {
    fc.assert(
      fc.property(
        textual.filter((messages) => messages.every(({ content }) => typeof content === "string")),
        (messages) => {
          const { message } = writeAlpha1Request({ messages }, { component: "llm" });
          const sent = writeProtoJson(ConversationRequestSchema, message);
          const read = readAlpha1Request(readProtoJson(ConversationRequestSchema, sent), known);
          expect(chatRequestOf(read).messages).toEqual(inParts(messages));
        },
      ),
    );
  });

  it("with everything that Dapr takes beside it", () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const { message } = writeAlpha2Request(
      {
        messages: [{ role: "user", content: "Hi", name: "ann" }],
        tools: [{ name: "look", inputSchema: { type: "object" } }],
        toolChoice: { name: "look" },
        responseFormat: { type: "json-schema", name: "place", schema, description: "A place.", strict: true },
        metadata: { team: "a" },
        providerOptions: { dapr: { temperature: 0.5 }, "openai-chat": { x: 1 } },
      },
      {
        component: "llm",
        scrubInput: true,
        scrubOutput: true,
        parameters: { a: "x", b: 1.5, c: true, d: { e: [null] } },
        promptCacheRetentionMs: 86_400_500,
      },
    );
    expect(JSON.parse(writeProtoJson(ConversationRequestAlpha2Schema, message))).toEqual({
      name: "llm",
      inputs: [{ messages: [{ ofUser: { name: "ann", content: [{ text: "Hi" }] } }], scrubPii: true }],
      parameters: {
        a: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: "x" },
        b: { "@type": "type.googleapis.com/google.protobuf.DoubleValue", value: 1.5 },
        c: { "@type": "type.googleapis.com/google.protobuf.BoolValue", value: true },
        d: { "@type": "type.googleapis.com/google.protobuf.Value", value: { e: [null] } },
      },
      metadata: { team: "a" },
      scrubPii: true,
      temperature: 0.5,
      tools: [{ function: { name: "look", parameters: { type: "object" } } }],
      toolChoice: "look",
      responseFormat: { ...schema, name: "place", description: "A place.", strict: true },
      promptCacheRetention: "86400.500s",
    });
  });

  const png = { type: "file" as const, mediaType: "image/png", data: new Uint8Array([1]) };

  it("or is refused, or says what was left out", () => {
    const target = { component: "llm" };
    const search = { dialect: "anthropic", type: "web_search_20250305" };
    expect(() => writeAlpha2Request({ messages: [], tools: [search] }, target)).toThrow(
      expect.objectContaining({ code: "unsupported", field: "tools[0]" }),
    );
    const unknown = { messages: [], providerOptions: { dapr: { colour: "blue" } } };
    expect(() => writeAlpha2Request(unknown, target)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "providerOptions.dapr" }),
    );
    const called: ChatMessage = {
      role: "assistant",
      content: [
        { type: "reasoning", text: "hm" },
        { ...png },
        { type: "tool-call", callId: "s", name: "search", input: {}, providerExecuted: true },
        { type: "tool-result", callId: "s", name: "search", output: "x", providerExecuted: true },
        { type: "opaque", name: "provider/compaction", opaque: { dialect: "anthropic", data: {} } },
        { type: "text", text: "So." },
      ],
    };
    const { warnings } = writeAlpha2Request(
      {
        messages: [called],
        temperature: 0,
        topK: 3,
        tools: [{ name: "look", inputSchema: { type: "object" }, strict: true }],
        responseFormat: { type: "json" },
      },
      { ...target, zeroIsUnset: true },
    );
    expect(warnings.map(({ field }) => field)).toEqual([
      "topK",
      "temperature",
      "responseFormat",
      ...[1, 2, 3, 4].map((index) => `messages[0].content[${index}]`),
      "tools[0].strict",
    ]);
    expect(writeAlpha2Request({ messages: [], temperature: 0 }, target).warnings).toEqual([]);
    const untyped = { type: "json-schema" as const, name: "x", schema: { anyOf: [] } };
    expect(writeAlpha2Request({ messages: [], responseFormat: untyped }, target).warnings).toHaveLength(1);
  });

  it("with Alpha1, unless it has tools", () => {
    const target = { component: "llm", promptCacheRetentionMs: 1 };
    const call = { type: "tool-call" as const, callId: "x", name: "look", input: {} };
    const result = { type: "tool-result" as const, callId: "x", name: "look", output: 1 };
    const refused: [ChatRequest, string][] = [
      [{ messages: [], tools: [{ name: "look", inputSchema: { type: "object" } }] }, "tools"],
      [{ messages: [{ role: "assistant", content: [call] }] }, "messages[0].content[0]"],
      [{ messages: [{ role: "tool", content: [result] }] }, "messages[0]"],
      [{ messages: [{ role: "user", content: [png] }] }, "messages[0].content[0]"],
    ];
    for (const [request, field] of refused) {
      expect(() => writeAlpha1Request(request, target)).toThrow(
        expect.objectContaining({ code: "unsupported", field }),
      );
    }
    const { message, warnings } = writeAlpha1Request(
      { messages: [], maxTokens: 5, metadata: { a: "b" }, providerOptions: { dapr: { temperature: 1 } } },
      { ...target, contextId: "c1", scrubOutput: true, parameters: { a: true } },
    );
    expect(warnings.map(({ field }) => field)).toEqual([
      "maxTokens",
      "metadata",
      "promptCacheRetentionMs",
      "providerOptions.dapr",
    ]);
    expect(message).toMatchObject({ contextID: "c1", scrubPII: true });
  });
});
