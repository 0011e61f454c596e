import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../../../test/support/collect.js";
import { at, DaprWorld, failure, PROTOCOLS } from "../../../test/support/dapr-world.js";
import type { StreamedChunk } from "../../../test/support/fake-daprd.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { writeProtoJson } from "../converse/proto-json.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import type { Notice } from "../resources/notice.js";
import { STREAMING_FEATURE } from "../sidecar/sidecar-metadata.js";

const world = new DaprWorld();

const weather = {
  name: "weather",
  description: "The weather of a city.",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

test("a daprd is told over gRPC how long the whole call may take", async () => {
  const server = await world.daprd();
  for (const timeouts of [{}, { totalMs: 60_000 }]) {
    await world.client({ ...at("grpc", server), timeouts }).generate({ messages: "x" });
  }
  const [without, limited = 0] = server.deadlines;
  expect(without).toBeUndefined();
  expect(limited).toBeGreaterThan(50_000);
  expect(limited).toBeLessThanOrEqual(60_000);
});

test("a limit that is longer than gRPC can say is none", async () => {
  const server = await world.daprd();
  const dapr = world.client({ ...at("grpc", server), timeouts: { connectMs: 100_000_000 } });
  expect((await dapr.generate({ messages: "x" })).model).toBe("echo");
});

describe.each(PROTOCOLS)("a plain daprd over %s", (protocol) => {
  const whole = protocol === "http" ? "HTTP POST /v1.0-alpha2/conversation/echo/converse" : "gRPC ConverseAlpha2";
  const old = protocol === "http" ? "HTTP POST /v1.0-alpha1/conversation/echo/converse" : "gRPC ConverseAlpha1";
  const metadata = protocol === "http" ? "HTTP GET /v1.0/metadata" : "gRPC GetMetadata";

  test("answers whole, and says so", async () => {
    const server = await world.daprd();
    const notices: string[] = [];
    const dapr = world.client({ ...at(protocol, server), log: ({ message }) => notices.push(message) });
    const chunks = await collect(dapr.generate({ messages: "one two", stream: true, contextId: "c1" }));
    expect(chunks).toEqual([
      { type: "start", data: { id: expect.any(String), model: "echo", simulated: true, warnings: [] } },
      { type: "content", data: "one two" },
      { type: "context_id", data: "c1" },
      { type: "finish", data: "stop" },
      { type: "final_content", data: "one two" },
      { type: "final_usage", data: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 } },
    ]);
    const [chunk] = await collect(dapr.generateStream({ messages: "x" }));
    expect(chunk?.simulated).toBe(true);
    expect(server.calls).toEqual([metadata, whole, whole]);
    expect(notices[0]).toContain("a daprd, which answers whole");
  });

  test("is not sent files, which it would pass over without a word", async () => {
    const server = await world.daprd();
    const dapr = world.client(at(protocol, server));
    const png = { type: "file" as const, mediaType: "image/png", data: new Uint8Array([1]) };
    const asked = dapr.generate({ messages: [{ role: "user", content: [{ type: "text", text: "x" }, png] }] });
    expect(await failure(() => asked)).toMatchObject({ code: "unsupported", field: "messages[0].content[1]" });
    expect(server.calls).toEqual([metadata]);
  });

  test("is asked what it is once a minute", async () => {
    const server = await world.daprd();
    const clock = new ManualClock();
    const dapr = world.client({ ...at(protocol, server), clock });
    await Promise.all([dapr.generate({ messages: "x" }), dapr.generate({ messages: "y" })]);
    clock.advance(59_999);
    await dapr.generate({ messages: "x" });
    expect(server.calls.filter((call) => call === metadata)).toHaveLength(1);
    clock.advance(1);
    await dapr.generate({ messages: "x" });
    expect(server.calls.filter((call) => call === metadata)).toHaveLength(2);
  });

  test("is shown at a pace, where one is set", async () => {
    const clock = new ManualClock();
    const dapr = world.client({ ...at(protocol, await world.daprd()), clock, simulatedTokensPerSecond: 10 });
    const chunks = dapr.generate({ messages: "one two three", stream: true })[Symbol.asyncIterator]();
    const shown: unknown[] = [];
    for (let pauses = 0; pauses < 3; pauses++) {
      const next = chunks.next();
      await clock.timer(100);
      clock.advance(100);
      // The first piece comes with the start.
      shown.push((await next).value, ...(pauses === 0 ? [(await chunks.next()).value] : []));
    }
    expect(shown).toEqual([
      { type: "start", data: expect.objectContaining({ simulated: true }) },
      ...["one", " two", " three"].map((data) => ({ type: "content", data })),
    ]);
    const at100 = await dapr.generate({ messages: "one two three" });
    expect(at100.choices[0].message.content).toBe("one two three");
  });

  test("from before Alpha2 is asked by Alpha1, which is remembered for as long as what it is", async () => {
    const server = await world.daprd({ alpha2: false });
    const clock = new ManualClock();
    const dapr = world.client({ ...at(protocol, server), clock });
    const chunks = await collect(
      dapr.generate({
        messages: [
          { role: "system", content: "one" },
          { role: "user", content: "two" },
        ],
        stream: true,
        contextId: "c1",
        temperature: 0,
        scrubPII: true,
        parameters: { a: 1 },
        maxTokens: 5,
      }),
    );
    const warnings = [{ field: "maxTokens" }, { field: "temperature" }];
    expect(chunks[0]).toMatchObject({ data: { simulated: true, warnings } });
    expect(chunks.slice(1)).toEqual([
      { type: "content", data: "one\ntwo" },
      { type: "context_id", data: "c1" },
      { type: "finish", data: "stop" },
      { type: "final_content", data: "one\ntwo" },
    ]);
    expect(server.requests[0]).toMatchObject({
      name: "echo",
      contextID: "c1",
      temperature: 0,
      scrubPII: true,
      inputs: [
        { role: "system", content: "one", scrubPII: true },
        { role: "user", content: "two", scrubPII: true },
      ],
      parameters: { a: { typeUrl: "type.googleapis.com/google.protobuf.DoubleValue" } },
    });
    await dapr.generate({ messages: "x" });
    // Calls that the server does not have are not recorded over gRPC.
    const tried = protocol === "http" ? [whole] : [];
    expect(server.calls).toEqual([metadata, ...tried, old, old]);
    clock.advance(60_000);
    await dapr.generate({ messages: "x" });
    expect(server.calls.slice(3 + tried.length)).toEqual([metadata, ...tried, old]);
    expect(await failure(() => dapr.generate({ messages: "x", tools: [weather] }))).toMatchObject({
      code: "unsupported",
      field: "tools",
    });
  });

  test("whose metadata is closed is asked all the same, for a component with a name", async () => {
    const server = await world.daprd({ metadata: false });
    const notices: Notice[] = [];
    const dapr = world.client({ ...at(protocol, server), log: (notice) => notices.push(notice) });
    expect(await failure(() => dapr.generate({ messages: "x" }))).toMatchObject({
      code: "invalid-argument",
      field: "llmComponent",
      message: expect.stringContaining("does not say which conversation components it has"),
    });
    const response = await dapr.generate({ messages: "x", llmComponent: "echo" });
    expect(response.choices[0].message.content).toBe("x");
    expect(notices[0]?.level).toBe("warning");
  });

  test("says reasoning, pieces of calls, and what is void", async () => {
    const server = await world.daprd({
      features: [STREAMING_FEATURE],
      stream: async function* (): AsyncGenerator<StreamedChunk> {
        yield { responseType: { case: "start", value: { id: "a" } } };
        yield { responseType: { case: "reasoning", value: { content: "Hm." } } };
        yield { responseType: { case: "text", value: { content: "No" } } };
        yield { responseType: { case: "retract", value: { reason: "another model" } } };
        yield { responseType: { case: "start", value: { id: "b", model: "m" } } };
        yield { responseType: { case: "text", value: { content: "Yes" } } };
        const delta = { index: 0, id: "c1", name: "weather" };
        yield { responseType: { case: "toolCallDelta", value: { ...delta, arguments: '{"a"' } } };
        yield { responseType: { case: "toolCallDelta", value: { ...delta, arguments: ": 1}" } } };
        const called = { case: "function" as const, value: { name: "weather", arguments: '{"a": 1}' } };
        yield { responseType: { case: "toolCall", value: { index: 0, toolCall: { id: "c1", toolTypes: called } } } };
        yield { responseType: { case: "complete", value: { finishReason: "tool_calls" } } };
      },
    });
    const dapr = world.client(at(protocol, server));
    const call = { id: "c1", type: "function", function: { name: "weather", arguments: '{"a": 1}' } };
    expect((await collect(dapr.generate({ messages: "x", stream: true }))).slice(1)).toEqual([
      { type: "reasoning", data: "Hm." },
      { type: "content", data: "No" },
      { type: "retract", data: "another model" },
      { type: "start", data: { id: "b", model: "m", simulated: false, warnings: [] } },
      { type: "content", data: "Yes" },
      { type: "tool_call_delta", data: { index: 0, id: "c1", name: "weather", arguments: '{"a"' } },
      { type: "tool_call_delta", data: { index: 0, id: "c1", name: "weather", arguments: ": 1}" } },
      { type: "tool_call", data: call },
      { type: "finish", data: "tool_calls" },
      { type: "final_content", data: "Yes" },
    ]);
    expect(await failure(() => collect(dapr.generateStream({ messages: "x" })))).toMatchObject({ code: "retracted" });
  });

  test("is sent everything that its API takes", async () => {
    const server = await world.daprd();
    const dapr = world.client(at(protocol, server));
    await dapr.generate({
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Oslo?" }], name: "ann" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":  "Oslo"}' } }],
        },
        { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "4" }] },
      ],
      contextId: "c",
      temperature: 0.5,
      maxTokens: 9,
      tools: [weather],
      toolChoice: { type: "function", function: { name: "weather" } },
      responseFormat: z.object({ degrees: z.number() }),
      metadata: { team: "a" },
      promptCacheRetentionMs: 3_600_000,
      scrubPII: { input: true },
    });
    const [request] = server.requests;
    if (request?.$typeName !== "dapr.proto.runtime.v1.ConversationRequestAlpha2") throw new Error("not Alpha2");
    expect(JSON.parse(writeProtoJson(ConversationRequestAlpha2Schema, request))).toEqual({
      name: "echo",
      contextId: "c",
      inputs: [
        {
          messages: [
            { ofSystem: { content: [{ text: "Be brief." }] } },
            { ofUser: { name: "ann", content: [{ text: "Oslo?" }] } },
            {
              ofAssistant: {
                toolCalls: [{ id: "c1", function: { name: "weather", arguments: '{"city":  "Oslo"}' } }],
              },
            },
            { ofTool: { toolId: "c1", name: "weather", content: [{ text: "4" }] } },
          ],
          scrubPii: true,
        },
      ],
      metadata: { team: "a" },
      temperature: 0.5,
      maxTokens: "9",
      tools: [{ function: { name: "weather", description: weather.description, parameters: weather.inputSchema } }],
      toolChoice: "weather",
      responseFormat: {
        type: "object",
        name: "response",
        properties: { degrees: { type: "number" } },
        required: ["degrees"],
      },
      promptCacheRetention: "3600s",
    });
  });

  test("of several outputs gives one answer", async () => {
    const server = await world.daprd({
      answer: () =>
        create(ConversationResponseAlpha2Schema, {
          outputs: ["One. ", "Two."].map((content) => ({ choices: [{ finishReason: "stop", message: { content } }] })),
        }),
    });
    const dapr = world.client(at(protocol, server));
    expect((await dapr.generate({ messages: "x" })).choices[0].message.content).toBe("One. Two.");
  });
});
