/**
 * What Open Responses' compliance runner asks of a server (openresponses/openresponses, bin/compliance-test.ts, spec of
 * 2026-04-24), with the shapes that its OpenAPI document requires.
 */
import { on, once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { defineModel } from "../../src/models/define-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { type Serving, serve } from "./serve.js";

const int = z.number().int();
const annotation = z.looseObject({
  type: z.literal("url_citation"),
  url: z.string(),
  title: z.string(),
  start_index: int,
  end_index: int,
});
const outputText = z.looseObject({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(annotation),
  logprobs: z.array(z.unknown()),
});
const refusal = z.looseObject({ type: z.literal("refusal"), refusal: z.string() });
const summaryText = z.looseObject({ type: z.literal("summary_text"), text: z.string() });
const item = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("message"),
    id: z.string(),
    status: z.enum(["in_progress", "completed", "incomplete"]),
    role: z.enum(["assistant", "user", "system", "developer"]),
    content: z.array(
      z.union([outputText, refusal, z.looseObject({ type: z.literal("input_text"), text: z.string() })]),
    ),
  }),
  z.looseObject({
    type: z.literal("function_call"),
    id: z.string(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: z.enum(["in_progress", "completed", "incomplete"]),
  }),
  z.looseObject({ type: z.literal("reasoning"), id: z.string(), summary: z.array(summaryText) }),
  z.looseObject({ type: z.literal("compaction"), id: z.string(), encrypted_content: z.string() }),
]);
const tool = z.looseObject({
  type: z.literal("function"),
  name: z.string(),
  description: z.string().nullable(),
  parameters: z.looseObject({}).nullable(),
  strict: z.boolean().nullable(),
});
const usage = z.looseObject({
  input_tokens: int,
  output_tokens: int,
  total_tokens: int,
  input_tokens_details: z.looseObject({ cached_tokens: int }),
  output_tokens_details: z.looseObject({ reasoning_tokens: int }),
});
const resource = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  created_at: int,
  completed_at: int.nullable(),
  status: z.enum(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  incomplete_details: z.looseObject({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(item),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(tool),
  tool_choice: z.union([
    z.enum(["none", "auto", "required"]),
    z.looseObject({ type: z.literal("function"), name: z.string() }),
    z.looseObject({ type: z.literal("allowed_tools"), tools: z.array(z.unknown()), mode: z.string() }),
  ]),
  truncation: z.enum(["auto", "disabled"]),
  parallel_tool_calls: z.boolean(),
  text: z.looseObject({ format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }) }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: int,
  temperature: z.number(),
  reasoning: z.looseObject({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  usage: usage.nullable(),
  max_output_tokens: int.nullable(),
  max_tool_calls: int.nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
});

const numbered = { sequence_number: int };
const whole = (type: string) => z.looseObject({ type: z.literal(type), ...numbered, response: resource });
const ofItem = { ...numbered, output_index: int };
const ofPart = { ...ofItem, item_id: z.string(), content_index: int };
const ofSummary = { ...ofItem, item_id: z.string(), summary_index: int };
const as = <S extends z.ZodRawShape>(type: string, shape: S) => z.looseObject({ type: z.literal(type), ...shape });
const part = z.union([outputText, refusal, z.looseObject({ type: z.literal("reasoning_text"), text: z.string() })]);
const EVENTS = z.union([
  ...["created", "queued", "in_progress", "completed", "failed", "incomplete"].map((name) => whole(`response.${name}`)),
  as("response.output_item.added", { ...ofItem, item }),
  as("response.output_item.done", { ...ofItem, item }),
  as("response.content_part.added", { ...ofPart, part }),
  as("response.content_part.done", { ...ofPart, part }),
  as("response.output_text.delta", { ...ofPart, delta: z.string(), logprobs: z.array(z.unknown()) }),
  as("response.output_text.done", { ...ofPart, text: z.string(), logprobs: z.array(z.unknown()) }),
  as("response.output_text.annotation.added", { ...ofPart, annotation_index: int, annotation: annotation.nullable() }),
  as("response.refusal.delta", { ...ofPart, delta: z.string() }),
  as("response.refusal.done", { ...ofPart, refusal: z.string() }),
  as("response.reasoning_summary_part.added", { ...ofSummary, part: summaryText }),
  as("response.reasoning_summary_part.done", { ...ofSummary, part: summaryText }),
  as("response.reasoning_summary_text.delta", { ...ofSummary, delta: z.string() }),
  as("response.reasoning_summary_text.done", { ...ofSummary, text: z.string() }),
  as("response.function_call_arguments.delta", { ...ofItem, item_id: z.string(), delta: z.string() }),
  as("error", { ...numbered, error: z.looseObject({ type: z.string(), code: z.string(), message: z.string() }) }),
  as("response.function_call_arguments.done", { ...ofItem, item_id: z.string(), arguments: z.string() }),
]);

const asked: ChatRequest[] = [];
/** Calls the tool that it has, and says what it sees otherwise; thinks first where it is asked to. */
const model = defineModel({
  id: "compliant",
  *stream(request) {
    asked.push(request);
    const last = request.messages.at(-1);
    if (request.reasoning !== undefined) yield { type: "reasoning-delta", text: "Let me think." };
    if (request.tools !== undefined && last?.role === "user") {
      const call = { callId: "call_1", name: "get_weather" };
      yield { type: "tool-input-delta", ...call, delta: '{"location":' };
      yield { type: "tool-input-delta", ...call, delta: '"San Francisco, CA"}' };
      yield { type: "tool-call", ...call, input: { location: "San Francisco, CA" } };
    } else if (JSON.stringify(last).includes("break")) {
      yield "Half";
      throw new SluiceError("overloaded", "too much to do");
    } else if (JSON.stringify(last).includes("refuse")) yield { type: "text-delta", text: "I cannot.", refusal: true };
    else {
      yield "Here you ";
      yield "are";
      yield { type: "source", source: { kind: "url", url: "https://example.com/", title: "Example" } };
    }
    yield { type: "usage", usage: { inputTokens: 7, outputTokens: 5 } };
  },
});

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { compliant: model } });
});
afterAll(() => serving.close());

async function create(body: object, path = "/v1/responses"): Promise<z.infer<typeof resource>> {
  const json = JSON.stringify({ model: "compliant", stream: false, ...body });
  const headers = { "content-type": "application/json", authorization: "Bearer none" };
  const answer = await fetch(serving.url + path, { method: "POST", headers, body: json });
  expect(answer.status).toBe(200);
  return resource.parse(await answer.json());
}

/** The events of a streamed response, each checked, and the response of the last one. */
async function stream(body: object) {
  const json = JSON.stringify({ model: "compliant", stream: true, ...body });
  const headers = { "content-type": "application/json", authorization: "Bearer none" };
  const answer = await fetch(`${serving.url}/v1/responses`, { method: "POST", headers, body: json });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const texts: string[] = [];
  const reader = new SseReader();
  for await (const bytes of answer.body ?? []) {
    reader.push(bytes, ({ event, data }) => {
      texts.push(data);
      // Events are named as their data is.
      expect(event).toBe(JSON.parse(data).type);
    });
  }
  const events = texts.map((text) => EVENTS.parse(JSON.parse(text)));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  const last = events.at(-1) as { response?: unknown };
  return { types: events.map(({ type }) => type), events, response: resource.parse(last.response) };
}

const message = (role: string, content: unknown) => ({ type: "message", role, content });
const WEATHER = {
  type: "function",
  name: "get_weather",
  description: "Get the current weather for a location",
  parameters: {
    type: "object",
    properties: { location: { type: "string", description: "The city and state" } },
    required: ["location"],
  },
};
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
const PDF = `data:application/pdf;base64,${Buffer.from("%PDF-1.1\n%%EOF").toString("base64")}`;

test.each<[string, object]>([
  ["a text", { input: [message("user", "Say hello in exactly 3 words.")] }],
  ["a system prompt", { input: [message("system", "You are a pirate."), message("user", "Say hello.")] }],
  [
    "an image",
    {
      input: [
        message("user", [
          { type: "input_text", text: "What is it?" },
          { type: "input_image", image_url: PIXEL },
        ]),
      ],
    },
  ],
  [
    "a file",
    {
      input: [
        message("user", [
          { type: "input_text", text: "Its title only." },
          { type: "input_file", filename: "a.pdf", file_data: PDF },
        ]),
      ],
    },
  ],
  [
    "several turns",
    {
      input: [
        message("user", "My name is Alice."),
        message("assistant", "Hello Alice!"),
        message("user", "What is my name?"),
      ],
    },
  ],
])("%s is answered with a completed response", async (_, body) => {
  const { status, output } = await create(body);
  expect(status).toBe("completed");
  expect(output.length).toBeGreaterThan(0);
});

test("a stream is of the events that there are, and ends with the completed response", async () => {
  const { types, response } = await stream({ input: [message("user", "Count from 1 to 5.")] });
  expect(types.slice(0, 4)).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
  ]);
  expect(types).toContain("response.output_text.annotation.added");
  expect(response.status).toBe("completed");
});

test("reasoning and refusals are events that there are", async () => {
  const thought = await stream({ input: "Why?", reasoning: { effort: "low", summary: "auto" } });
  expect(thought.types).toContain("response.reasoning_summary_text.delta");
  expect(thought.response.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
  const refused = await stream({ input: "Please refuse." });
  expect(refused.types).toContain("response.refusal.done");
});

test("one that fails in the middle says so in the form of each, and ends as failed", async () => {
  const { types, response } = await stream({ input: "Please break." });
  expect(types.slice(-2)).toEqual(["error", "response.failed"]);
  expect(response).toMatchObject({ status: "failed", error: { message: expect.stringContaining("too much to do") } });
});

test("a tool is called, whole and streamed, and its output is answered", async () => {
  const input = [message("user", "What's the weather like in San Francisco?")];
  const first = await create({ input, tools: [WEATHER], tool_choice: { type: "function", name: "get_weather" } });
  const call = first.output.find((one) => one.type === "function_call");
  expect(call).toMatchObject({ name: "get_weather", arguments: '{"location":"San Francisco, CA"}' });
  const output = { type: "function_call_output", call_id: call?.call_id, output: '{"temperature":"18 C"}' };
  const second = await create({ input: [...input, ...first.output, output], tools: [WEATHER] });
  expect(second).toMatchObject({ status: "completed", output: [{ type: "message" }] });
  const { types } = await stream({ input, tools: [WEATHER] });
  for (const type of ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done"]) {
    expect(types).toContain(`response.${type}`);
  }
});

test("a response goes on from another", async () => {
  const first = await create({ input: "Remember this code word: papaya. Reply with only OK." });
  const second = await create({ previous_response_id: first.id, input: "What code word did I ask you to remember?" });
  expect(second).toMatchObject({ status: "completed", previous_response_id: first.id });
  expect(JSON.stringify(asked.at(-1)?.messages)).toContain("papaya");
});

test("the same events come over a WebSocket, one response after the other on one connection", async () => {
  const socket = new WebSocket(`${serving.url.replace("http", "ws")}/v1/responses`);
  await once(socket, "open");
  const messages = on(socket, "message");
  let previous: string | undefined;
  for (const input of ["Hello", "And again"]) {
    const more = previous === undefined ? {} : { previous_response_id: previous };
    socket.send(JSON.stringify({ type: "response.create", model: "compliant", input, ...more }));
    for (;;) {
      const [data] = (await messages.next()).value as [Buffer];
      const event = EVENTS.parse(JSON.parse(String(data))) as { type: string; response?: { id: string } };
      if (event.type !== "response.completed") continue;
      previous = event.response?.id;
      break;
    }
  }
  expect(previous).toBeDefined();
  socket.close();
});

test("a conversation is compacted into items that the next request takes", async () => {
  const body = JSON.stringify({ model: "compliant", input: [message("user", "I am Ada.")] });
  const answer = await fetch(`${serving.url}/v1/responses/compact`, { method: "POST", body });
  const compact = z.looseObject({
    id: z.string(),
    object: z.literal("response.compaction"),
    created_at: int,
    output: z.array(item),
    usage,
  });
  const { output } = compact.parse(await answer.json());
  expect((await create({ input: [...output, message("user", "Who am I?")] })).status).toBe("completed");
});
