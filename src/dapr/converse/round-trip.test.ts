import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { arbitraryAnswer } from "../../../test/laws/arbitrary-answer.js";
import { arbitraryMessages, arbitraryOptions } from "../../../test/laws/arbitrary-request.js";
import { cuts, recut } from "../../../test/laws/recut.js";
import { summarise } from "../../../test/laws/summary.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SseReader } from "../../stream/framing/sse-reader.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import type { ChatMessage, FilePart } from "../../stream/message.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import {
  type ConversationStreamResponseAlpha2,
  ConversationStreamResponseAlpha2Schema,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Alpha2ChunkReader } from "./alpha2-chunk-reader.js";
import { Alpha2ChunkWriter } from "./alpha2-chunk-writer.js";
import type { AnswerContext } from "./answer-context.js";
import { collectAnswer } from "./converse-answer.js";
import { type ConverseCall, chatRequestOf } from "./converse-call.js";
import { readAnswerJson, readProtoJson, writeProtoJson } from "./proto-json.js";
import { readAlpha1Request } from "./read-alpha1-request.js";
import { readAlpha2Request } from "./read-alpha2-request.js";
import { readAlpha2Response } from "./read-response.js";
import { readAlpha2Frame } from "./read-sse.js";
import { writeAlpha1Request } from "./write-alpha1-request.js";
import { writeAlpha2Request } from "./write-alpha2-request.js";
import { writeAlpha2Response } from "./write-response.js";
import { writeAlpha2Frame } from "./write-sse.js";

const call: ConverseCall = {
  api: "alpha2",
  component: "llm",
  inputs: [],
  settings: {},
  scrubOutput: false,
  parameters: {},
  warnings: [],
};
const context: AnswerContext = { call, model: "model-1", zeroUsage: true };
const answers = arbitraryAnswer({
  reasoning: true,
  toolCalls: true,
  reasons: ["stop", "length", "content-filter", "refusal", "pause", "budget", "other"],
});

function chunksOf(events: readonly ChatEvent[], written = context): ConversationStreamResponseAlpha2[] {
  const chunks: ConversationStreamResponseAlpha2[] = [];
  const writer = new Alpha2ChunkWriter(written);
  for (const event of events) writer.push(event, (chunk) => chunks.push(chunk));
  return chunks;
}

function eventsOf(chunks: readonly ConversationStreamResponseAlpha2[]): ChatEvent[] {
  const events: ChatEvent[] = [];
  const reader = new Alpha2ChunkReader({ component: "llm" });
  for (const chunk of chunks) reader.push(chunk, (event) => events.push(event));
  expect(reader.finished).toBe(true);
  return events;
}

/** Readers of Protobuf may take a byte order mark at the beginning of a text for none of its characters. */
function withoutMark(event: ChatEvent): ChatEvent {
  if (event.type === "tool-input-delta") return { ...event, delta: event.delta.replace(/^\ufeff/, "") };
  if (event.type !== "text-delta" && event.type !== "reasoning-delta") return event;
  return { ...event, text: event.text.replace(/^\ufeff/, "") };
}

describe("a streamed answer comes back as it was", () => {
  test("over gRPC", () => {
    fc.assert(
      fc.property(answers, (events) => {
        const sent = chunksOf(events).map((chunk) => toBinary(ConversationStreamResponseAlpha2Schema, chunk));
        const read = eventsOf(sent.map((bytes) => fromBinary(ConversationStreamResponseAlpha2Schema, bytes)));
        expect(summarise(read)).toEqual(summarise(events.map(withoutMark)));
      }),
    );
  });

  test("where its pieces are halves of characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.integer({ min: 1, max: 3 }), (text, size) => {
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        for (const type of ["text-delta", "reasoning-delta"] as const) {
          const chunks = chunksOf([
            { type: "start", id: "a", model: "m" },
            ...pieces.map((piece) => ({ type, text: piece })),
            { type: "finish", reason: "stop", usage: {} },
          ]);
          const said = chunks.map(({ responseType: { case: kind, value } }) =>
            kind === "text" || kind === "reasoning" ? value.content : "",
          );
          expect(said.join("")).toBe(text);
          for (const piece of said) expect(encodeURIComponent(piece)).toBeTypeOf("string");
        }
      }),
    );
    const cut = chunksOf([
      { type: "start", id: "a", model: "m" },
      { type: "text-delta", text: "a\ud83d" },
      { type: "finish", reason: "length", usage: {} },
    ]);
    expect(eventsOf(cut).slice(1, 3)).toEqual([
      { type: "text-delta", text: "a" },
      { type: "text-delta", text: "\ufffd" },
    ]);
  });

  test("over server-sent events, however they are cut", () => {
    fc.assert(
      fc.property(answers, cuts, (events, at) => {
        const bytes = new TextEncoder().encode(
          chunksOf(events)
            .map((chunk) => writeSse(writeAlpha2Frame(chunk)))
            .join(""),
        );
        const read: ChatEvent[] = [];
        const reader = new Alpha2ChunkReader({ component: "llm" });
        const framing = new SseReader();
        for (const piece of recut(bytes, at)) {
          framing.push(piece, (frame) => readAlpha2Frame(frame, reader, (event) => read.push(event)));
        }
        expect(summarise(read)).toEqual(summarise(events));
      }),
    );
  });

  test("whole", async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (events) => {
        const stream = scripted([events]).stream({ messages: [{ role: "user", content: "Hi" }] });
        const response = writeAlpha2Response(await collectAnswer(stream, call), context);
        const json = JSON.parse(writeProtoJson(ConversationResponseAlpha2Schema, response));
        const read = summarise(
          readAlpha2Response(readAnswerJson(ConversationResponseAlpha2Schema, json), { component: "llm" }),
        );
        const said = summarise(events);
        // A whole answer has no reasoning, no pieces of arguments and no id, and all its text stands before its calls.
        const text = said.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
        expect(read.parts).toEqual([
          ...(text === "" ? [] : [{ type: "text", text }]),
          ...said.parts.filter(({ type }) => type === "tool-call"),
        ]);
        expect([read.reason, read.usage]).toEqual([said.reason, said.usage]);
      }),
    );
  });
});

describe("an answer is read with", () => {
  const usage = { inputTokens: 9, outputTokens: 4, cacheReadTokens: 3, reasoningTokens: 2 };

  it("the context id and the usage that come together", () => {
    const written = { call: { ...call, contextId: "c1" }, model: "model-1" };
    const finish: ChatEvent = { type: "finish", reason: "stop", usage };
    const read = eventsOf(chunksOf([{ type: "start", id: "a", model: "m" }, finish], written));
    expect(read.slice(1)).toEqual([{ type: "context", contextId: "c1" }, finish]);
  });

  it("counts that only OpenAI has", () => {
    const raw = { completion_tokens_details: { audio_tokens: 5 }, prompt_tokens_details: { audio_tokens: 6 } };
    const events: ChatEvent[] = [
      { type: "start", id: "a", model: "m" },
      { type: "usage", usage: { inputTokens: 9 } },
      { type: "finish", reason: "stop", usage: { ...usage, raw } },
    ];
    const read = eventsOf(chunksOf(events));
    expect(read[1]).toEqual({ type: "usage", usage: { inputTokens: 9 } });
    expect(read.at(-1)).toEqual(events.at(-1));
  });

  it("what a retraction voids", () => {
    const read = eventsOf(
      chunksOf([
        { type: "start", id: "a", model: "m", simulated: true },
        { type: "tool-input-delta", callId: "x", name: "look", delta: "{" },
        { type: "retract", reason: "again" },
        { type: "start", id: "b", model: "m" },
        { type: "tool-call", callId: "y", name: "look", input: {} },
        { type: "finish", reason: "tool-calls", usage: {} },
      ]),
    );
    expect(read.map(({ type }) => type)).toEqual([
      "start",
      "tool-input-delta",
      "retract",
      "start",
      "tool-call",
      "finish",
    ]);
    expect(read[0]).toEqual({ type: "start", id: "a", model: "model-1", simulated: true });
    expect(read[4]).toEqual({ type: "tool-call", callId: "y", name: "look", input: {} });
  });

  it("arguments that are kept as the model wrote them", () => {
    const written = '{ "at" : 1e0 }';
    const read = eventsOf(
      chunksOf([
        { type: "start", id: "a", model: "m" },
        { type: "tool-input-delta", callId: "x", name: "look", delta: written },
        { type: "tool-call", callId: "x", name: "look", input: { at: 1 } },
        { type: "finish", reason: "tool-calls", usage: {} },
      ]),
    );
    const called = read.find((event) => event.type === "tool-call");
    if (called === undefined) throw new Error("no call");
    const { message } = writeAlpha2Request(
      { messages: [{ role: "assistant", content: [called] }] },
      { component: "llm" },
    );
    expect(message.inputs[0]?.messages[0]?.messageTypes).toMatchObject({
      value: { toolCalls: [{ id: "x", toolTypes: { value: { name: "look", arguments: written } } }] },
    });
  });

  it("outputs that are parts of one answer, as daprd's Anthropic component gives them", () => {
    const response = create(ConversationResponseAlpha2Schema, {
      outputs: [
        { choices: [{ finishReason: "tool_use", message: { content: "Let me see." } }], model: "claude" },
        {
          choices: [
            {
              finishReason: "tool_use",
              message: { toolCalls: [{ toolTypes: { case: "function", value: { name: "look", arguments: "" } } }] },
            },
          ],
        },
      ],
    });
    const [start, ...rest] = readAlpha2Response(response, { component: "llm" });
    expect(start).toMatchObject({ type: "start", model: "claude", simulated: true });
    expect(rest).toEqual([
      { type: "text-delta", text: "Let me see." },
      {
        type: "tool-call",
        callId: "call_0",
        name: "look",
        input: {},
        opaque: { dialect: "dapr", data: { id: "", name: "look", arguments: "" } },
      },
      { type: "finish", reason: "tool-calls", rawReason: "tool_use", usage: {} },
    ]);
  });

  it("nothing that it does not know", () => {
    const events: ChatEvent[] = [];
    const reader = new Alpha2ChunkReader({ component: "llm" });
    readAlpha2Frame({ data: '{"novelty":{"x":1}}' }, reader, (event) => events.push(event));
    readAlpha2Frame({ data: '{"text":{"content":"a","tone":"b"}}' }, reader, (event) => events.push(event));
    expect(events).toEqual([
      { type: "start", id: expect.any(String), model: "llm" },
      { type: "text-delta", text: "a" },
    ]);
    expect(() => readAlpha2Frame({ data: '{"text":1}' }, reader, () => {})).toThrow(/not a message of/);
    expect(() => readAlpha2Frame({ data: "{" }, reader, () => {})).toThrow(
      expect.objectContaining({ code: "malformed-frame", frame: "{" }),
    );
    const data = '{"errorCode":"ERR_CONVERSATION_INVOKE","message":"too many tokens"}';
    expect(() => readAlpha2Frame({ event: "error", data }, reader, () => {})).toThrow(
      expect.objectContaining({ code: "context-length", providerCode: "ERR_CONVERSATION_INVOKE" }),
    );
  });
});

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

const textual = arbitraryMessages.filter((messages) =>
  messages.every(({ content }) => typeof content === "string" || content.every(({ type }) => type !== "file")),
);
const known = () => true;

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
