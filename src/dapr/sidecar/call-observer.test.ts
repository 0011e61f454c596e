import { SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scripted } from "../../models/scripted.js";
import { SluiceError } from "../../stream/error.js";
import type { Notice } from "../resources/notice.js";
import { CallObserver } from "./call-observer.js";

const spans = new InMemorySpanExporter();

beforeAll(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
});

afterAll(() => trace.disable());

test("each call is a span by the conventions for generative AI, and a line of the debug log", async () => {
  const notices: Notice[] = [];
  const observer = await CallObserver.open({ appId: "app", namespace: "", report: (notice) => notices.push(notice) });
  const call = { component: "echo", api: "alpha2", streamed: true, known: true } as const;
  const stream = scripted([["Hello"]]).stream({ messages: [{ role: "user", content: "Hi" }] });
  const answered = observer.begin(call);
  expect(await stream.fullText).toBe("Hello");
  answered.end(stream, { inputTokens: 3, outputTokens: 5 });
  observer.begin(call).fail(new SluiceError("overloaded", "too much to do"));

  const [first, second] = spans.getFinishedSpans();
  expect(first?.name).toBe("chat echo");
  expect(first?.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.output_tokens": 5,
    "dapr.api": "alpha2",
  });
  expect(second?.status).toEqual({ code: SpanStatusCode.ERROR, message: "too much to do" });
  expect(second?.attributes["error.type"]).toBe("overloaded");
  expect(notices.map(({ level, message }) => [level, message.replace(/\d+ ms/, "N ms")])).toEqual([
    ["debug", "echo: streamed through alpha2 in N ms"],
    ["debug", "echo: failed with overloaded: too much to do"],
  ]);
});
