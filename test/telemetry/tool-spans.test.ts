import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { toolSpans } from "../../src/telemetry/tool-spans.js";
import { traced } from "../../src/telemetry/traced.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { deferred } from "../support/deferred.js";
import { recorder } from "../support/recorder.js";

const ASKED = { messages: [{ role: "user" as const, content: "Hi" }] };
const LATEST = { OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental" };
const CALL: ChatEvent = { type: "tool-call", callId: "c1", name: "look", input: { at: "ada@example.org" } };
const input = { type: "object", properties: { at: { type: "string" } } };

test("each model call and each run of a tool is a span, and the metrics count the tool", async () => {
  const { options, spans, metrics } = recorder({ env: LATEST });
  const look = tool({ name: "look", description: "Looks.", input, run: () => "seen" });
  const model = traced(withTools(scripted([[CALL], ["Done"]]), [look], { observe: toolSpans(options) }), options);
  expect(await model.stream(ASKED).fullText).toBe("Done");
  expect(spans().map(({ name }) => name)).toEqual(["execute_tool look", "chat scripted", "chat scripted"]);
  const span = spans()[0];
  expect(span).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
  expect(span?.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "look",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "c1",
    "gen_ai.tool.description": "Looks.",
  });
  expect((await metrics())["gen_ai.execute_tool.duration"]?.dataPoints[0]?.value).toMatchObject({ count: 1 });
});

test("arguments and results are recorded where they are asked for, scrubbed", async () => {
  const { options, spans } = recorder({ content: (text) => text.replace(/\w+@[\w.]+/g, "<EMAIL>") });
  const look = tool({ name: "look", input, run: () => ({ found: "bob@example.org" }) });
  await withTools(scripted([[CALL], ["Done"]]), [look], { observe: toolSpans(options) }).stream(ASKED).fullText;
  expect(spans()[0]?.attributes).toMatchObject({
    "gen_ai.tool.call.arguments": '{"at":"<EMAIL>"}',
    "gen_ai.tool.call.result": '{"found":"<EMAIL>"}',
  });
});

test("a tool that fails is a failed span, and what the model is told is the same", async () => {
  const { options, spans } = recorder();
  const look = tool({
    name: "look",
    input,
    run() {
      throw new Error("no ada@example.org");
    },
  });
  const model = withTools(scripted([[CALL], ["Done"]]), [look], { observe: toolSpans(options) });
  expect(await model.stream(ASKED).fullText).toBe("Done");
  expect(spans()[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "tool-failed" });
  expect(spans()[0]?.attributes["error.type"]).toBe("tool-failed");
});

test("a stream that a tool returns is inside its span", async () => {
  const { options, spans } = recorder();
  const inner = traced(scripted([["one", "two"]], { id: "inner/m" }), options);
  const look = tool({ name: "look", input, run: (_, { context }) => inner.stream(ASKED, { context }) });
  await withTools(scripted([[CALL], ["Done"]]), [look], { observe: toolSpans(options) }).stream(ASKED).fullText;
  const [chat, run] = spans();
  expect(chat?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
});

test("a reader who leaves ends the span of a running tool, without an error", async () => {
  const { options, spans } = recorder();
  const { promise: running, resolve: runs } = deferred();
  const run = () => {
    runs();
    return new Promise(() => {});
  };
  const look = tool({ name: "look", input, run });
  const stream = withTools(scripted([[CALL]]), [look], { observe: toolSpans(options) }).stream(ASKED);
  const answer = stream.fullText;
  await running;
  stream.cancel();
  await expect(answer).rejects.toMatchObject({ code: "cancelled" });
  await expect.poll(() => spans()[0]?.attributes["sluice.cancelled"]).toBe(true);
  expect(spans()[0]?.status.code).toBe(SpanStatusCode.UNSET);
});
