import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { alpha2, hello, known, tool } from "../../../test/support/converse-calls.js";
import { scripted } from "../../models/scripted.js";
import { SluiceError } from "../../stream/error.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { malformedBody, toApiError, unreadableBody } from "./api-error.js";
import { collectAnswer } from "./converse-answer.js";
import { chatRequestOf } from "./converse-call.js";
import { readProtoJson, writeProtoJson } from "./proto-json.js";
import { readAlpha1Request } from "./read-alpha1-request.js";
import { readAlpha2Request } from "./read-alpha2-request.js";
import { writeAlpha1Response } from "./write-response.js";

const alpha1 = (body: object) =>
  readAlpha1Request(readProtoJson(ConversationRequestSchema, JSON.stringify({ name: "llm", ...body })), known);

/** What is answered for what this throws. */
function refusal(read: () => unknown) {
  try {
    read();
  } catch (error) {
    return toApiError(SluiceError.from(error), "llm");
  }
  throw new Error("nothing was refused");
}

describe("requests that are refused", () => {
  it.each([
    [
      "an unknown component",
      { name: "nobody", inputs: [] },
      "ERR_CONVERSATION_NOT_FOUND",
      "failed finding conversation component nobody",
    ],
    [
      "no inputs",
      {},
      "ERR_CONVERSATION_MISSING_INPUTS",
      "failed conversing with component llm: missing inputs in request",
    ],
    [
      "a message without a type",
      { inputs: [{ messages: [{}] }], toolChoice: "required" },
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component llm: invalid params: message type cannot be nil",
    ],
    [
      "a tool call without a type",
      { inputs: [{ messages: [{ ofAssistant: { toolCalls: [{ id: "1" }] } }] }] },
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component llm: invalid params: tool types cannot be nil",
    ],
    [
      "a required tool without tools",
      { inputs: [hello], toolChoice: "required" },
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component llm: invalid params: tool choice must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used",
    ],
    [
      "a tool that is not there",
      { inputs: [hello], tools: [tool], toolChoice: "Weather" },
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component llm: invalid params: tool choice selected was not found. Must be 'auto', 'none', 'required', or a specific tool name matching the tools available to be used",
    ],
    [
      "no tokens",
      { inputs: [hello], maxTokens: "0" },
      "ERR_CONVERSATION_INVALID_PARMS",
      "failed conversing with component llm: invalid params: max_tokens must be greater than 0 and at most 2147483647",
    ],
  ])("because of %s", (_, body, errorCode, message) => {
    expect(refusal(() => alpha2(body))).toEqual({ errorCode, message, httpStatus: 400, grpcCode: 3 });
  });

  it("are not those that write null for what is not there", () => {
    const none = { ofDeveloper: null, ofSystem: null, ofUser: null, ofAssistant: null, ofTool: null };
    const schema = { type: "object", enum: [null], properties: { a: { default: null } } };
    const { inputs, settings } = alpha2({
      contextId: null,
      inputs: [{ scrubPii: null, messages: [{ ...none, ofUser: { name: null, content: [{ text: "hi" }] } }] }],
      tools: [{ function: { name: "f", description: null, parameters: schema } }],
    });
    expect(inputs[0]?.messages).toEqual([{ role: "user", content: [{ type: "text", text: "hi" }] }]);
    expect(settings.tools).toEqual([{ name: "f", inputSchema: schema }]);
    expect(refusal(() => alpha2({ inputs: [{ messages: [none] }] })).message).toMatch(/message type cannot be nil$/);
    expect(refusal(() => alpha2({ inputs: [null] })).errorCode).toBe("ERR_MALFORMED_REQUEST");
  });

  it("are not those whose schemas are nested deeply, within reason", () => {
    const nested = (depth: number): object => (depth === 0 ? {} : { properties: { a: nested(depth - 1) } });
    const asking = (depth: number) => ({
      inputs: [hello],
      tools: [{ function: { name: "f", parameters: nested(depth) } }],
    });
    expect(alpha2(asking(100)).settings.tools).toHaveLength(1);
    expect(refusal(() => alpha2(asking(1_000))).errorCode).toBe("ERR_MALFORMED_REQUEST");
  });

  it("by Alpha1 are fewer", () => {
    expect(refusal(() => alpha1({ name: "x" })).errorCode).toBe("ERR_CONVERSATION_NOT_FOUND");
    expect(refusal(() => alpha1({})).errorCode).toBe("ERR_CONVERSATION_MISSING_INPUTS");
  });

  it("because of their body say so", () => {
    const malformed = refusal(() => readProtoJson(ConversationRequestAlpha2Schema, "{"));
    expect(malformed).toMatchObject({ errorCode: "ERR_MALFORMED_REQUEST", httpStatus: 400 });
    expect(malformed.message).toMatch(/^failed deserializing HTTP body: ./);
    expect(refusal(() => readProtoJson(ConversationRequestSchema, '{"inputs":1}')).errorCode).toBe(
      "ERR_MALFORMED_REQUEST",
    );
    expect(toApiError(malformedBody("x"), "llm").message).toBe("failed deserializing HTTP body: x");
    expect(toApiError(unreadableBody("x"), "llm").message).toBe("failed to read request body: x");
  });

  it("by the model are failures of the component", () => {
    expect(toApiError(new SluiceError("rate-limited", "slow down", { status: 429 }), "llm")).toEqual({
      errorCode: "ERR_CONVERSATION_INVOKE",
      message: "failed conversing with component llm: slow down",
      httpStatus: 500,
      grpcCode: 13,
    });
  });
});

describe("a request of Alpha2", () => {
  it("is read with either spelling, and without what nobody knows", () => {
    const call = alpha2({
      context_id: "c1",
      inputs: [
        { ...hello, scrubPii: true },
        { messages: [{ of_user: { content: [{ text: "there" }] } }], scrubPII: true },
      ],
      scrub_pii: true,
      temperature: 0.5,
      metadata: { team: "a" },
      future: { x: 1 },
    });
    expect(call).toMatchObject({ contextId: "c1", scrubOutput: true, component: "llm", api: "alpha2", warnings: [] });
    expect(call.inputs.map(({ scrub }) => scrub)).toEqual([true, false]);
    expect(chatRequestOf(call)).toEqual({
      messages: [
        { role: "user", content: [{ type: "text", text: "hi" }] },
        { role: "user", content: [{ type: "text", text: "there" }] },
      ],
      temperature: 0.5,
      metadata: { team: "a" },
    });
  });

  it("names a component and an empty context id as daprd takes them", () => {
    expect(alpha2({ inputs: [hello], contextId: "" }).contextId).toBeUndefined();
    expect(alpha2({ inputs: [hello], temperature: 0 }).settings).toEqual({ temperature: 0 });
    expect(alpha2({ inputs: [hello], temperature: -1 }).settings).toEqual({});
    expect(readProtoJson(ConversationRequestAlpha2Schema, "")).toEqual(create(ConversationRequestAlpha2Schema));
  });

  it("has tools, a choice, a limit and a retention", () => {
    const body = { inputs: [hello], tools: [tool, {}, { function: { name: "b", description: "d" } }], maxTokens: "12" };
    expect(alpha2({ ...body, promptCacheRetention: "86400s" }).settings).toEqual({
      tools: [
        { name: "weather", inputSchema: { type: "object" } },
        { name: "b", description: "d", inputSchema: { type: "object", properties: {} } },
      ],
      toolChoice: "auto",
      maxTokens: 12,
      providerOptions: { "conversation.openai": { prompt_cache_retention: "24h" } },
    });
    expect(alpha2({ ...body, toolChoice: "b" }).settings.toolChoice).toEqual({ name: "b" });
    expect(alpha2({ ...body, toolChoice: "required" }).settings.toolChoice).toBe("required");
    expect(alpha2({ inputs: [hello], toolChoice: "b" }).settings.toolChoice).toBeUndefined();
    expect(alpha2({ inputs: [hello], toolChoice: "none" }).settings.toolChoice).toBe("none");
  });

  it("has the form of the answer as a flat schema", () => {
    const schema = { type: "object", properties: { a: { type: "string" } }, description: "d" };
    expect(
      alpha2({ inputs: [hello], responseFormat: { ...schema, name: "n", strict: true } }).settings.responseFormat,
    ).toEqual({ type: "json-schema", name: "n", schema, description: "d", strict: true });
    expect(alpha2({ inputs: [hello], responseFormat: { type: "object" } }).settings.responseFormat).toMatchObject({
      name: "response",
      strict: false,
    });
    const dropped = alpha2({ inputs: [hello], responseFormat: { properties: {} } });
    expect(dropped.settings.responseFormat).toBeUndefined();
    expect(dropped.warnings[0]?.message).toMatch(
      /^failed to convert response format to structured output, will continue/,
    );
  });

  it("pairs results with calls that have no id", () => {
    const call = alpha2({
      inputs: [
        {
          messages: [
            {
              ofAssistant: {
                content: [{ text: "let me see" }],
                toolCalls: [
                  { function: { name: "weather", arguments: "{}" } },
                  { function: { name: "weather", arguments: "{" } },
                ],
              },
            },
            { ofTool: { name: "weather", content: [{ text: "one" }] } },
          ],
        },
        { messages: [{ ofTool: { name: "weather", content: [{ text: "two" }] } }, { ofAssistant: {} }] },
      ],
    });
    expect(chatRequestOf(call).messages).toMatchObject([
      {
        role: "assistant",
        content: [
          { type: "text", text: "let me see" },
          { callId: "call_0", name: "weather", input: {} },
          { callId: "call_1", input: "{", invalid: true },
        ],
      },
      { role: "tool", content: [{ callId: "call_0", output: "one" }] },
      { role: "tool", content: [{ callId: "call_1", output: "two" }] },
    ]);
  });

  it("drops keys that could reach a prototype", () => {
    const body =
      '{"name":"llm","inputs":[{"messages":[{"ofUser":{"content":[{"text":"hi"}]}}]}],"tools":[{"function":{"name":"a","parameters":{"__proto__":{"x":1}}}}]}';
    const call = readAlpha2Request(readProtoJson(ConversationRequestAlpha2Schema, body), known);
    expect(call.settings.tools).toEqual([{ name: "a", inputSchema: {} }]);
  });
});

describe("a request of Alpha1", () => {
  it("has roles", () => {
    const roles = ["user", "human", "system", "assistant", "ai", "tool", "function", "generic", "nobody", undefined];
    const call = alpha1({
      inputs: roles.map((role) => ({ content: "x", role, scrubPII: role === "ai" })),
      temperature: 1,
    });
    expect(chatRequestOf(call).messages.map(({ role }) => role)).toEqual([
      "user",
      "user",
      "system",
      "assistant",
      "assistant",
      "user",
      "user",
      "user",
      "user",
      "user",
    ]);
    expect(call.inputs.map(({ scrub }) => scrub)).toEqual(roles.map((role) => role === "ai"));
    expect(call.settings).toEqual({ temperature: 1 });
  });

  it("gets its parameters and its context id back", async () => {
    const parameters = { max: { "@type": "type.googleapis.com/google.protobuf.Int64Value", value: "7" } };
    const call = alpha1({ contextID: "c1", inputs: [{ content: "x" }], parameters, scrubPII: true });
    const answer = await collectAnswer(scripted([["yes"]]).stream(chatRequestOf(call)), call);
    expect(JSON.parse(writeProtoJson(ConversationResponseSchema, writeAlpha1Response(answer, { call })))).toEqual({
      contextID: "c1",
      outputs: [{ result: "yes", parameters }],
    });
    expect(call.scrubOutput).toBe(true);
  });
});
