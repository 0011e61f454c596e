import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { call, chunksOf, eventsOf } from "../../../test/support/dapr-answers.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ConversationResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { Alpha2ChunkReader } from "./alpha2-chunk-reader.js";
import { readAlpha2Response } from "./read-response.js";
import { readAlpha2Frame } from "./read-sse.js";
import { writeAlpha2Request } from "./write-alpha2-request.js";

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
