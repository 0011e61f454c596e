import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { alpha2, hello, tool } from "../../../test/support/converse-calls.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { ConversationResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import {
  ConversationStreamResponseAlpha2Schema,
  ConversationStreamResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Alpha1ChunkWriter } from "./alpha1-chunk-writer.js";
import { Alpha2ChunkWriter } from "./alpha2-chunk-writer.js";
import type { AnswerContext } from "./answer-context.js";
import { toApiError } from "./api-error.js";
import { collectAnswer } from "./converse-answer.js";
import { chatRequestOf } from "./converse-call.js";
import { writeProtoJson } from "./proto-json.js";
import { writeAlpha2Response } from "./write-response.js";
import { writeAlpha1Frame, writeAlpha2Frame, writeErrorFrame } from "./write-sse.js";

const usage = { inputTokens: 10, outputTokens: 4, cacheReadTokens: 6, reasoningTokens: 1 };
const weatherCall: ChatEvent = { type: "tool-call", callId: "c1", name: "weather", input: { city: "Oslo" } };
const script: ChatEvent[] = [
  { type: "start", id: "a1", model: "provider-name" },
  { type: "reasoning-delta", text: "hm" },
  { type: "text-delta", text: "Hel" },
  { type: "text-delta", text: "" },
  { type: "text-delta", text: 'lo "you"\n' },
  { type: "usage", usage: { inputTokens: 10 } },
  { type: "tool-input-delta", callId: "c1", name: "weather", delta: '{"city": ' },
  { type: "tool-input-delta", callId: "c1", name: "weather", delta: '"Oslo"}' },
  weatherCall,
  { type: "finish", reason: "tool-calls", usage },
];

describe("a whole answer", () => {
  const call = alpha2({ contextId: "c1", inputs: [hello], tools: [tool], toolChoice: "required" });
  const stream = (...events: ChatEvent[]) => scripted([events]).stream(chatRequestOf(call));
  const written = async (events: ChatEvent[], context: Partial<AnswerContext> = {}) => {
    const answer = await collectAnswer(stream(...events), call);
    return JSON.parse(
      writeProtoJson(ConversationResponseAlpha2Schema, writeAlpha2Response(answer, { call, ...context })),
    );
  };

  it("has the model's words for a call's arguments, and the tokens in detail", async () => {
    expect(await written(script, { model: "gpt" })).toEqual({
      contextId: "c1",
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_calls",
              message: {
                content: 'Hello "you"\n',
                toolCalls: [{ id: "c1", function: { name: "weather", arguments: '{"city": "Oslo"}' } }],
              },
            },
          ],
          model: "gpt",
          usage: {
            completionTokens: "4",
            promptTokens: "10",
            totalTokens: "14",
            completionTokensDetails: { reasoningTokens: "1" },
            promptTokensDetails: { cachedTokens: "6" },
          },
        },
      ],
    });
  });

  it("says a call in the words of a guard that changed it", async () => {
    const changed: ChatEvent = { ...weatherCall, input: { city: "<CITY>" } };
    const answer = await collectAnswer(stream(...script.slice(0, -2), changed, ...script.slice(-1)), call);
    expect(answer.toolCalls[0]?.arguments).toBe('{"city":"<CITY>"}');
  });

  it("leaves out counts that are 0, unless they are asked for", async () => {
    const events: ChatEvent[] = [
      { type: "text-delta", text: "x" },
      { type: "finish", reason: "length", usage: { inputTokens: 0, outputTokens: 0 } },
    ];
    expect((await written(events)).outputs[0]).not.toHaveProperty("usage");
    expect((await written(events, { zeroUsage: true })).outputs[0].usage).toEqual({});
    expect((await written(["x" as unknown as ChatEvent])).outputs[0]).not.toHaveProperty("usage");
  });

  it("starts again after a retraction, and goes on with another conversation", async () => {
    const events: ChatEvent[] = [
      ...script.slice(0, -1),
      { type: "retract", reason: "again" },
      { type: "start", id: "a2", model: "m" },
      { type: "context", contextId: "c2" },
      { type: "text-delta", text: "new" },
      { type: "finish", reason: "stop", usage: {} },
    ];
    expect(await written(events)).toEqual({
      contextId: "c2",
      outputs: [{ choices: [{ finishReason: "stop", message: { content: "new" } }] }],
    });
  });

  it("that is empty where a call was required is a failure", async () => {
    await expect(written([{ type: "finish", reason: "stop", usage: {} }])).rejects.toThrow(
      "LLM returned empty response with no tool calls despite 1 tools being available",
    );
  });
});

describe("a streamed answer", () => {
  const call = alpha2({ contextId: "c1", inputs: [hello], tools: [tool], toolChoice: "required" });
  const context = { call, model: "gpt" };

  it("of Alpha1 is chunks of text, then a completion", () => {
    const writer = new Alpha1ChunkWriter(context);
    const frames: unknown[] = [];
    for (const event of script) writer.push(event, (chunk) => frames.push(JSON.parse(writeAlpha1Frame(chunk).data)));
    expect(frames).toEqual([
      { chunk: { content: "Hel" } },
      { chunk: { content: 'lo "you"\n' } },
      {
        complete: { contextID: "c1", usage: { promptTokens: 10, completionTokens: 4, totalTokens: 14 } },
      },
    ]);
  });

  it("of Alpha1 cannot be taken back", () => {
    const writer = new Alpha1ChunkWriter(context);
    const write = () => {};
    writer.push({ type: "retract", reason: "before any output" }, write);
    writer.push({ type: "text-delta", text: "x" }, write);
    expect(() => writer.push({ type: "retract", reason: "busy" }, write)).toThrow(
      "the text that was sent is void: busy",
    );
  });

  it("of Alpha2 has everything", () => {
    const writer = new Alpha2ChunkWriter(context);
    const frames: unknown[] = [];
    const events: ChatEvent[] = [...script.slice(0, -1), { type: "context", contextId: "c2" }, ...script.slice(-1)];
    for (const event of events) writer.push(event, (chunk) => frames.push(JSON.parse(writeAlpha2Frame(chunk).data)));
    expect(frames).toEqual([
      { start: { id: "a1", model: "gpt" } },
      { reasoning: { content: "hm" } },
      { text: { content: "Hel" } },
      { text: { content: 'lo "you"\n' } },
      { usage: { promptTokens: "10", totalTokens: "10" } },
      { toolCallDelta: { id: "c1", name: "weather", arguments: '{"city": ' } },
      { toolCallDelta: { id: "c1", name: "weather", arguments: '"Oslo"}' } },
      { toolCall: { toolCall: { id: "c1", function: { name: "weather", arguments: '{"city": "Oslo"}' } } } },
      {
        complete: {
          contextId: "c2",
          finishReason: "tool_calls",
          model: "gpt",
          usage: {
            completionTokens: "4",
            promptTokens: "10",
            totalTokens: "14",
            completionTokensDetails: { reasoningTokens: "1" },
            promptTokensDetails: { cachedTokens: "6" },
          },
        },
      },
    ]);
  });

  it("of Alpha2 is taken back in words, and an empty one is refused", () => {
    const writer = new Alpha2ChunkWriter(context);
    const cases: unknown[] = [];
    const push = (event: ChatEvent) => writer.push(event, (chunk) => cases.push(chunk.responseType.case));
    push({ type: "start", id: "a", model: "m", simulated: true });
    push({ type: "text-delta", text: "x" });
    push({ type: "retract", reason: "busy" });
    expect(cases).toEqual(["start", "text", "retract"]);
    expect(() => push({ type: "finish", reason: "stop", usage: {} })).toThrow("LLM returned empty response");
  });

  it("has the same text frames as protojson writes", () => {
    const content = 'a"b\\c\n\u2028é😀';
    const one = create(ConversationStreamResponseSchema, { responseType: { case: "chunk", value: { content } } });
    expect(writeAlpha1Frame(one).data).toBe(writeProtoJson(ConversationStreamResponseSchema, one));
    const two = create(ConversationStreamResponseAlpha2Schema, { responseType: { case: "text", value: { content } } });
    expect(writeAlpha2Frame(two).data).toBe(writeProtoJson(ConversationStreamResponseAlpha2Schema, two));
  });

  it("that fails ends with the error's body", () => {
    const error = toApiError(new SluiceError("truncated", "the connection closed"), "llm");
    expect(writeErrorFrame(error)).toEqual({
      event: "error",
      data: '{"errorCode":"ERR_CONVERSATION_INVOKE","message":"failed conversing with component llm: the connection closed"}',
    });
  });
});
