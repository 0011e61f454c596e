import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { recorder } from "../../../test/support/recorder.js";
import { defineModel } from "../../models/define-model.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { agentSpans } from "../../telemetry/agent-spans.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import type { ChatConfig } from "../chat/chat-config.js";
import { StreamChatAgent } from "../chat/stream-chat-agent.js";
import { type AgentLogEntry, agentLog } from "./agent-log.js";
import { type AuditEntry, auditTrail } from "./audit-trail.js";

const LATEST = { OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental" };
const SECRET = "ada@example.org";
const CALL: ChatEvent = { type: "tool-call", callId: "c1", name: "look", input: { at: SECRET } };
const look = (run: () => unknown = () => `seen by ${SECRET}`) =>
  tool({ name: "look", input: { type: "object", properties: { at: { type: "string" } } }, run });

describe("spans", () => {
  test("a run is a span with its model calls and tools inside, and the metrics count them", async () => {
    const { options, spans, metrics } = recorder({ env: LATEST });
    const agent = new Agent({
      name: "scout",
      description: "looks around",
      model: scripted([[CALL], ["Done."]], { id: "openai/gpt-5" }),
      tools: [look()],
      observe: agentSpans(options),
    });
    await agent.chat("Look.", { sessionId: "s1" });
    const [ran, first, second, run] = spans();
    // The tool is done before the model's stream is read to its end.
    expect(spans().map(({ name }) => name)).toEqual([
      "execute_tool look",
      "chat gpt-5",
      "chat gpt-5",
      "invoke_agent scout",
    ]);
    for (const inner of [first, ran, second]) expect(inner?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(run).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
    expect(run?.attributes).toEqual({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "scout",
      "gen_ai.agent.description": "looks around",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.conversation.id": "s1",
      "sluice.run.id": expect.any(String),
      "gen_ai.response.finish_reasons": ["stop"],
    });
    const found = await metrics();
    const of = (name: string) => found[name]?.dataPoints[0]?.value;
    expect(of("gen_ai.invoke_agent.duration")).toMatchObject({ count: 1 });
    expect(of("gen_ai.invoke_agent.inference_calls")).toMatchObject({ count: 1, sum: 2 });
    expect(of("gen_ai.invoke_agent.tool_calls")).toMatchObject({ count: 1, sum: 1 });
  });

  test("an agent that is a tool hangs below the tool's span", async () => {
    const { options, spans } = recorder();
    const observe = agentSpans(options);
    const inner = new Agent({ name: "inner", model: scripted([["Hi."]]), observe });
    const call: ChatEvent = { type: "tool-call", callId: "c1", name: "inner", input: { message: "?" } };
    await new Agent({ name: "outer", model: scripted([[call], ["x"]]), tools: [inner.asTool()], observe }).chat("Go.");
    const span = (name: string) => spans().find((one) => one.name === name);
    expect(span("invoke_agent inner")?.parentSpanContext?.spanId).toBe(
      span("execute_tool inner")?.spanContext().spanId,
    );
  });

  test("a run that fails has the code, one that is left is no error, and one that nobody reads is none", async () => {
    const { options, spans } = recorder();
    const broken = defineModel({
      id: "broken",
      stream() {
        throw new Error("no");
      },
    });
    const observe = agentSpans(options);
    await expect(new Agent({ model: broken, observe }).chat("x")).rejects.toThrow();
    expect(spans().at(-1)?.attributes["error.type"]).toBe("provider-error");
    expect(spans().at(-1)?.attributes).not.toHaveProperty("gen_ai.response.finish_reasons");
    const stays = defineModel({
      id: "stays",
      async *stream() {
        yield "one ";
        await new Promise(() => {});
      },
    });
    for await (const _ of new Agent({ model: stays, observe }).stream("x").text) break;
    expect(spans().at(-1)?.attributes).toMatchObject({
      "sluice.cancelled": true,
      "gen_ai.response.finish_reasons": ["error"],
    });
    const before = spans().length;
    new Agent({ model: stays, observe }).stream("x");
    expect(spans()).toHaveLength(before);
  });
});

test("wherever a run is left, fails or waits, every span that began has ended", async () => {
  const counted = { began: 0, ended: 0 };
  const counting = {
    onStart: () => void counted.began++,
    onEnd: () => void counted.ended++,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const tracer = new BasicTracerProvider({ spanProcessors: [counting] }).getTracer("test");
  const observe = agentSpans({ tracer, env: {} });
  const pay = tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" });
  const called = (name: string): ChatEvent => ({
    type: "tool-call",
    callId: `to-${name}`,
    name,
    input: { message: "?" },
  });
  const fails = { throw: new SluiceError("overloaded", "busy") };
  for (const last of [[SECRET], [called("pay")], ["Half. ", fails]]) {
    for (let events = 0; events < 24; events++) {
      const inner = scripted([["Look. ", CALL], last, ["x"]]);
      const below = new Agent({ name: "below", model: inner, tools: [look(), pay], observe });
      const model = scripted([["Ask. ", called("below")], ["Done."], ["x"]]);
      const agent = new Agent({ model, tools: [below.asTool()], observe });
      let seen = 0;
      for await (const _ of agent.stream("Go.")) if (seen++ === events) break;
      await expect.poll(() => counted.ended).toBe(counted.began);
    }
  }
  expect(counted.began).toBeGreaterThan(200);
});

test("the log has what happened, and no content", async () => {
  const entries: AgentLogEntry[] = [];
  const failing = look(() => {
    throw new Error(SECRET);
  });
  const observe = agentLog({ write: (entry) => entries.push(entry) });
  const agent = new Agent({ name: "scout", model: scripted([[CALL], [SECRET]]), tools: [failing], observe });
  await agent.chat(SECRET, { sessionId: "s1" });
  expect(entries.map(({ event }) => event)).toEqual([
    "run-started",
    "model-called",
    "tool-called",
    "tool-failed",
    "model-called",
    "run-finished",
  ]);
  expect(entries[0]).toMatchObject({ level: "info", agent: "scout", sessionId: "s1", runId: expect.any(String) });
  expect(JSON.stringify(entries)).not.toContain(SECRET);
});

describe("the audit trail", () => {
  const run = async (options: Parameters<typeof auditTrail>[0] = {}, more = {}) => {
    const entries: AuditEntry[] = [];
    const observe = auditTrail({ write: (entry) => entries.push(entry), ...options });
    const model = scripted([[CALL], [`It is ${SECRET}.`]]);
    const agent = new Agent({ model, tools: [look()], instructions: "Look.", observe, ...more });
    await agent.chat(`Where is ${SECRET}?`);
    return entries;
  };

  test("has prompts, calls, results and answers, scrubbed, each once", async () => {
    const entries = await run();
    expect(entries.map(({ type }) => type)).toEqual(["prompt", "tool-call", "tool-result", "prompt", "answer"]);
    expect(entries[0]?.content).toEqual([
      { role: "system", parts: [{ type: "text", content: "Look." }] },
      { role: "user", parts: [{ type: "text", content: "Where is <EMAIL_ADDRESS>?" }] },
    ]);
    expect(entries[1]).toMatchObject({ tool: "look", callId: "c1", content: { at: "<EMAIL_ADDRESS>" } });
    expect(JSON.stringify(entries)).not.toContain(SECRET);
    expect(JSON.stringify(entries[3]?.content)).not.toContain("Where is");
  });

  test("keeps all where it is asked to, and drops what could not be scrubbed", async () => {
    expect(JSON.stringify(await run({ scrub: (text) => text }))).toContain(SECRET);
    const dropped = await run({
      scrub() {
        throw new Error("no");
      },
    });
    expect(dropped.every((entry) => entry.dropped === true && entry.content === undefined)).toBe(true);
  });

  test("says that a call was denied", async () => {
    const entries = await run({}, { hooks: { beforeTool: () => ({ deny: "no" }) } });
    expect(entries.find(({ type }) => type === "tool-result")).toMatchObject({ isError: true, tool: "look" });
  });

  test("a run that cannot be audited does not go on", async () => {
    const full = () => {
      throw new Error("the disk is full");
    };
    await expect(run({ write: full })).rejects.toThrow("the disk is full");
  });

  test("has the calls of an agent inside, with their path", async () => {
    const entries: AuditEntry[] = [];
    const inner = new Agent({ name: "inner", model: scripted([[CALL], ["x"]]), tools: [look()] });
    const call: ChatEvent = { type: "tool-call", callId: "o1", name: "inner", input: { message: "?" } };
    const observe = auditTrail({ write: (entry) => entries.push(entry) });
    await new Agent({ model: scripted([[call], ["y"]]), tools: [inner.asTool()], observe }).chat("Go.");
    expect(entries.find(({ tool }) => tool === "look")).toMatchObject({
      type: "tool-call",
      path: ["o1"],
      callId: "c1",
    });
  });
});

test.each<[ChatConfig, { spans: boolean; metrics: boolean; log: boolean; audit: boolean }]>([
  [{}, { spans: false, metrics: false, log: false, audit: false }],
  [{ enableTracing: true }, { spans: true, metrics: false, log: false, audit: false }],
  [{ enableMetrics: true }, { spans: false, metrics: true, log: false, audit: false }],
  [{ enableLogging: true }, { spans: false, metrics: false, log: true, audit: false }],
  [{ enableAudit: true }, { spans: false, metrics: false, log: false, audit: true }],
  [
    { enableTracing: true, enableMetrics: true, enableLogging: true, enableAudit: true },
    { spans: true, metrics: true, log: true, audit: true },
  ],
])("flags switch on what they name and nothing else, streaming or not: %j", async (config, expected) => {
  const { options: telemetry, spans, metrics } = recorder();
  const log: unknown[] = [];
  const audit: unknown[] = [];
  const model = scripted([["a"], ["b"]]);
  const observability = { telemetry, writeLog: (e: unknown) => log.push(e), writeAudit: (e: unknown) => audit.push(e) };
  const agent = new StreamChatAgent(config, { model, observability });
  for await (const _ of agent.streamChat("Hi")) {
    // Read to the end.
  }
  const streamed = [spans().length, log.length, audit.length];
  await agent.chat("Hi");
  expect([spans().length, log.length, audit.length]).toEqual(streamed.map((count) => 2 * count));
  expect({
    spans: spans().length > 0,
    metrics: Object.keys(await metrics()).length > 0,
    log: log.length > 0,
    audit: audit.length > 0,
  }).toEqual(expected);
});

test("what is no observer is refused when the agent is made", () => {
  const model = scripted([]);
  expect(() => new Agent({ model, observe: {} as never })).toThrow("observe.invoke");
  expect(() => new Agent({ model, observe: [7] as never })).toThrow("observe[0]");
  expect(() => auditTrail({ scrubb: () => "" } as never)).toThrow("did you mean scrub?");
});
