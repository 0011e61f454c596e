import { context as contexts, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { PlayedSource } from "../../test/support/played-source.js";
import { recorder } from "../../test/support/recorder.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { traced } from "./traced.js";

const ASKED = { messages: [{ role: "user" as const, content: "Write to ada@example.org" }] };
const LATEST = { OTEL_SEMCONV_STABILITY_OPT_IN: "http,gen_ai_latest_experimental" };
const USAGE = { inputTokens: 20, outputTokens: 7, cacheReadTokens: 4, cacheWriteTokens: 3, reasoningTokens: 2 };
const START: ChatEvent = { type: "start", id: "answer-1", model: "gpt-5-2025-08-07" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: USAGE };

/** A model whose source is played, as `openai/gpt-5`. */
function played(id: string, ...steps: ConstructorParameters<typeof PlayedSource>): ChatModel {
  return { id, stream: (_, options) => new ChatStream(new PlayedSource(...steps), { signal: options?.signal }) };
}

describe("one call", () => {
  test.each([
    ["the core conventions", {}, "gen_ai.usage.cache_creation.input_tokens"],
    ["the newest ones, where they are asked for", LATEST, "gen_ai.usage.cache_write.input_tokens"],
  ])("is a span by %s", async (_, env, cacheWrite) => {
    const { options, spans } = recorder({ env });
    const model = traced(played("openai/gpt-5", [START, { type: "text-delta", text: "Hello" }], [FINISH]), options);
    const request = { ...ASKED, temperature: 0.5, maxTokens: 100, topK: 3, stop: ["END"], seed: 1 };
    await model.stream(request, { context: { sessionId: "s", runId: "r" } }).fullText;
    const [span] = spans();
    expect(span).toMatchObject({ name: "chat gpt-5", kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
    expect(span?.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.conversation.id": "s",
      "sluice.run.id": "r",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.max_tokens": 100,
      "gen_ai.request.top_k": 3,
      "gen_ai.request.stop_sequences": ["END"],
      "gen_ai.request.seed": 1,
      "gen_ai.request.stream": true,
      "gen_ai.response.id": "answer-1",
      "gen_ai.response.model": "gpt-5-2025-08-07",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0,
      "gen_ai.usage.input_tokens": 20,
      "gen_ai.usage.output_tokens": 7,
      "gen_ai.usage.cache_read.input_tokens": 4,
      [cacheWrite]: 3,
      "gen_ai.usage.reasoning.output_tokens": 2,
    });
  });

  test("is in the core metrics", async () => {
    const { options, metrics } = recorder();
    await traced(played("mistral/m", [START, { type: "text-delta", text: "a" }], [FINISH]), options).stream(ASKED)
      .fullText;
    const found = await metrics();
    expect(Object.keys(found).sort()).toEqual([
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.token.usage",
    ]);
    expect(found["gen_ai.client.token.usage"]?.dataPoints).toMatchObject([
      { attributes: { "gen_ai.token.type": "input", "gen_ai.provider.name": "mistral_ai" }, value: { sum: 20 } },
      { attributes: { "gen_ai.token.type": "output" }, value: { sum: 7 } },
    ]);
  });

  test("is in the newest metrics, with the times between its reads", async () => {
    const { options, clock, metrics } = recorder({ env: LATEST });
    const batches: ChatEvent[][] = [
      [START],
      [
        { type: "text-delta", text: "a" },
        { type: "text-delta", text: "b" },
      ],
      [{ type: "text-delta", text: "c" }],
      [FINISH],
    ];
    const model = traced(played("openai/gpt-5", ...batches), options);
    const source = model.stream(ASKED).source();
    for (const _ of batches) {
      await source.next();
      clock.advance(250);
    }
    const found = await metrics();
    expect(Object.keys(found).sort()).toEqual([
      "gen_ai.client.inference.duration",
      "gen_ai.client.inference.operation.input_tokens",
      "gen_ai.client.inference.operation.output_tokens",
      "gen_ai.client.inference.time_per_output_chunk",
      "gen_ai.client.inference.time_to_first_chunk",
      "gen_ai.client.inference.usage.cache_read.input_tokens",
      "gen_ai.client.inference.usage.cache_write.input_tokens",
      "gen_ai.client.inference.usage.input_tokens",
      "gen_ai.client.inference.usage.output_tokens",
      "gen_ai.client.inference.usage.reasoning.output_tokens",
    ]);
    const sum = (name: string) => found[name]?.dataPoints[0]?.value;
    expect(sum("gen_ai.client.inference.time_to_first_chunk")).toMatchObject({ sum: 0.25, count: 1 });
    expect(sum("gen_ai.client.inference.time_per_output_chunk")).toMatchObject({ sum: 0.25, count: 1 });
    expect(sum("gen_ai.client.inference.duration")).toMatchObject({ sum: 0.75, count: 1 });
    expect(sum("gen_ai.client.inference.usage.input_tokens")).toBe(20);
  });

  test("that did not stream has no times between chunks", async () => {
    const { options, spans, metrics } = recorder();
    const whole: ChatEvent = { ...START, simulated: true };
    await traced(played("a/b", [whole, { type: "text-delta", text: "a" }, FINISH]), options).stream(ASKED).fullText;
    expect(Object.keys(await metrics())).not.toContain("gen_ai.client.operation.time_to_first_chunk");
    expect(spans()[0]?.attributes).not.toHaveProperty("gen_ai.request.stream");
  });

  test("that nobody reads is none", () => {
    const { options, spans } = recorder();
    traced(played("a/b", [START], [FINISH]), options).stream(ASKED);
    expect(spans()).toEqual([]);
  });
});

describe("an end that is not a finish", () => {
  const usage: ChatEvent = { type: "usage", usage: { inputTokens: 20, outputTokens: 1 } };

  test("of a call that fails has the error's code and the tokens until then", async () => {
    const { options, spans, metrics } = recorder();
    const failing = played("openai/gpt-5", [START, usage], new SluiceError("overloaded", "busy with ada@example.org"));
    await expect(traced(failing, options).stream(ASKED).fullText).rejects.toMatchObject({ code: "overloaded" });
    const [span] = spans();
    // The provider's words may quote the request: without `content` they stay here.
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "overloaded" });
    expect(span?.attributes).toMatchObject({
      "error.type": "overloaded",
      "gen_ai.response.finish_reasons": ["error"],
      "gen_ai.usage.input_tokens": 20,
    });
    const { "gen_ai.client.operation.duration": duration } = await metrics();
    expect(duration?.dataPoints[0]?.attributes).toMatchObject({ "error.type": "overloaded" });
  });

  test("of a call that is cut off is an error", async () => {
    const { options, spans } = recorder();
    await expect(traced(played("a/b", [START, usage]), options).stream(ASKED).fullText).rejects.toThrow();
    expect(spans()[0]?.attributes["error.type"]).toBe("truncated");
  });

  test("of a reader that leaves is no error, and counts what was used", async () => {
    const { options, spans } = recorder();
    const text: ChatEvent = { type: "text-delta", text: "a" };
    const stream = traced(played("a/b", [START, usage, text], [text], [FINISH]), options).stream(ASKED);
    for await (const _ of stream.text) break;
    const [span] = spans();
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toMatchObject({
      "sluice.cancelled": true,
      "gen_ai.response.finish_reasons": ["error"],
      "gen_ai.usage.input_tokens": 20,
    });
    expect(span?.ended).toBe(true);
  });

  test("of a request that the model refuses at once is an error", async () => {
    const { options, spans } = recorder();
    const refusing: ChatModel = {
      id: "a/b",
      stream() {
        throw new SluiceError("unsupported", "no");
      },
    };
    await expect(traced(refusing, options).stream(ASKED).fullText).rejects.toMatchObject({ code: "unsupported" });
    expect(spans()[0]?.attributes["error.type"]).toBe("unsupported");
    expect(spans()[0]?.attributes).not.toHaveProperty("gen_ai.response.finish_reasons");
  });
});

describe("content", () => {
  const answer: ChatEvent[] = [
    START,
    { type: "reasoning-delta", text: "hm" },
    { type: "text-delta", text: "Ask bob@example.org" },
    { type: "tool-call", callId: "c", name: "mail", input: { to: ["bob@example.org"] } },
    FINISH,
  ];
  const scrub = (text: string) => text.replace(/\w+@[\w.]+/g, "<EMAIL>");

  test("is not recorded unless it is asked for", async () => {
    const { options, spans } = recorder();
    await traced(played("a/b", answer), options).stream(ASKED).fullText;
    expect(JSON.stringify(spans()[0]?.attributes)).not.toContain("example.org");
  });

  test("is recorded scrubbed, in the conventions' form", async () => {
    const { options, spans } = recorder({ content: scrub });
    await traced(played("a/b", answer), options).stream(ASKED).fullText;
    const attributes = spans()[0]?.attributes ?? {};
    expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: "Write to <EMAIL>" }] },
    ]);
    expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", content: "hm" },
          { type: "text", content: "Ask <EMAIL>" },
          { type: "tool_call", id: "c", name: "mail", arguments: { to: ["<EMAIL>"] } },
        ],
      },
    ]);
  });

  test("that cannot be scrubbed is left out, and the answer goes on", async () => {
    const { options, spans } = recorder({
      content() {
        throw new Error("no");
      },
    });
    expect(await traced(played("a/b", answer), options).stream(ASKED).fullText).toBe("Ask bob@example.org");
    expect(spans()[0]?.attributes).not.toHaveProperty("gen_ai.input.messages");
    expect(spans()[0]?.events.map(({ name }) => name)).toEqual(["sluice.content_dropped", "sluice.content_dropped"]);
  });
});

test("a span hangs below the one that the call names, and is the trace of what is inside", async () => {
  const { options, spans } = recorder();
  const seen: (string | undefined)[] = [];
  const inner: ChatModel = {
    id: "a/b",
    stream(_, call) {
      seen.push(call?.context?.trace);
      return new ChatStream(new PlayedSource([START], [FINISH]));
    },
  };
  const given = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await traced(inner, options).stream(ASKED, { context: { trace: given } }).usage;
  const [span] = spans();
  expect(span?.parentSpanContext).toMatchObject({ traceId: "a".repeat(32), spanId: "b".repeat(16) });
  expect(seen).toEqual([`00-${"a".repeat(32)}-${span?.spanContext().spanId}-01`]);
});

test("without a tracer and a meter nothing is recorded, and the answer is the same", async () => {
  expect(trace.getSpan(contexts.active())).toBeUndefined();
  expect(
    await traced(played("a/b", [START, { type: "text-delta", text: "Hello" }, FINISH])).stream(ASKED).fullText,
  ).toBe("Hello");
});

test("options that there are not are refused", () => {
  const misspelt: object = { contents: String };
  expect(() => traced(played("a/b"), misspelt)).toThrow("did you mean content?");
});
