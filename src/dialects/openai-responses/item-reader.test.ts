import { describe, expect, test } from "vitest";
import { readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { summarise } from "../../../test/laws/summary.js";
import { outputText, readEvents, streamOf } from "../../../test/support/response-items.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { AssistantPart, ChatMessage, ToolResultPart } from "../../stream/message.js";
import { openAiResponses } from "./openai-responses.js";

const USER: ChatMessage = { role: "user", content: "Hi" };

function whole(output: readonly JsonObject[], response: JsonObject = {}): ChatEvent[] {
  return openAiResponses.readBody({ id: "resp_1", model: "m", status: "completed", output: [...output], ...response });
}

/** What goes back to a provider that keeps what was said. */
function sentBack(events: readonly ChatEvent[]) {
  const { parts } = summarise(events);
  const messages: ChatMessage[] = [USER, { role: "assistant", content: parts }, ...resultsFor(parts), USER];
  const { body, warnings } = openAiResponses.writeRequest(
    { messages, providerOptions: { openai: { store: true } } },
    { model: "gpt-5", stream: true },
  );
  const input = Array.isArray(body.input) ? body.input.slice(1, -1) : [];
  return { input: input.filter((item) => !isResult(item)), warnings };
}

/** What the client's tools returned. */
function resultsFor(parts: readonly AssistantPart[]): ChatMessage[] {
  const content = parts.flatMap((part): ToolResultPart[] =>
    part.type === "tool-call" && !part.providerExecuted
      ? [{ type: "tool-result", callId: part.callId, name: part.name, output: "seen" }]
      : [],
  );
  return content.length > 0 ? [{ role: "tool", content }] : [];
}

function isResult(item: JsonValue): boolean {
  return isJsonObject(item) && item.output === "seen";
}

/** The same answer, once a server passed it on. */
function served(events: readonly ChatEvent[]): ChatEvent[] {
  const tools = [{ dialect: "openai-responses", type: "custom", name: "sql" }];
  const context = { model: "m", request: { messages: [USER], tools } };
  return readWire(openAiResponses, [writeWire(openAiResponses, events, context)]).events;
}

describe("reasoning that only its provider knows, although it names an empty content", () => {
  const output = [
    { type: "reasoning", id: "rs_1", summary: [], content: [], encrypted_content: null },
    { type: "function_call", id: "fc_1", call_id: "call_1", name: "look", arguments: "{}", status: "completed" },
    { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [outputText("Hm.")] },
  ];

  test.each([
    ["streamed", readEvents(streamOf(output))],
    ["whole", whole(output)],
  ])("%s, comes back with the ids of what followed it", (_, events) => {
    const { input, warnings } = sentBack(events);
    expect(warnings).toEqual([]);
    expect(input).toMatchObject([{ id: "rs_1" }, { id: "fc_1" }, { id: "msg_1" }]);
  });

  test("keeps these ids when a client brings it back", () => {
    const { request } = openAiResponses.readRequest({
      model: "m",
      input: [{ role: "user", content: "Hi" }, ...output],
    });
    const [, answer] = request.messages;
    const states = answer?.role === "assistant" && typeof answer.content !== "string" ? answer.content : [];
    const ids = states.flatMap((part) => {
      const data = "opaque" in part ? part.opaque?.data : undefined;
      return isJsonObject(data) ? [data.id] : [];
    });
    expect(ids).toEqual(["rs_1", "fc_1", "msg_1"]);
  });
});

test("reasoning that ends after the message that follows it is one block, and goes back before it", () => {
  const reasoning = {
    type: "reasoning",
    id: "rs_1",
    summary: [],
    content: [{ type: "reasoning_text", text: "2 + 2" }],
  };
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [outputText("4")] };
  const events = readEvents([
    { type: "response.created", response: { id: "resp_1", model: "m" } },
    { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs_1", summary: [] } },
    { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "2 " },
    { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "+ 2" },
    { type: "response.output_item.added", output_index: 1, item: { ...message, content: [] } },
    { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "4" },
    { type: "response.output_item.done", output_index: 1, item: message },
    { type: "response.output_item.done", output_index: 0, item: reasoning },
    { type: "response.completed", response: { id: "resp_1", status: "completed", output: [reasoning, message] } },
  ]);
  const blocks = events.flatMap((event) => (event.type === "reasoning-delta" ? [event.block] : []));
  expect(new Set(blocks).size).toBe(1);
  const { input, warnings } = sentBack(events);
  expect(warnings).toEqual([]);
  expect(input).toEqual([reasoning, { type: "message", role: "assistant", content: "4" }]);
});

describe("a custom tool that the client did not declare", () => {
  const search = {
    type: "custom_tool_call",
    id: "ctc_1",
    call_id: "xs_1",
    name: "x_keyword_search",
    status: "completed",
  };
  const output = [
    { ...search, input: '{"query":"a"}' },
    { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [outputText("Found.")] },
  ];
  const tools = [{ type: "x_search" }, { type: "custom", name: "sql" }];

  test.each([
    ["streamed", readEvents(streamOf(output, { tools }))],
    ["whole", whole(output, { tools })],
    ["served", served(readEvents(streamOf(output, { tools })))],
  ])("%s, was run by the provider, and does not make the client wait", (_, events) => {
    const { parts, reason } = summarise(events);
    expect(reason).toBe("stop");
    expect(parts).toMatchObject([
      { type: "tool-call", callId: "xs_1", name: "x_keyword_search", input: '{"query":"a"}', providerExecuted: true },
      { type: "tool-result", callId: "xs_1", providerExecuted: true },
      { type: "text", text: "Found." },
    ]);
    expect(sentBack(events).input[0]).toEqual(output[0]);
  });

  test.each([
    ["that it declared", [...tools, { type: "custom", name: "x_keyword_search" }]],
    ["in a namespace", [{ type: "namespace", name: "x", tools: [{ type: "custom", name: "x_keyword_search" }] }]],
    ["that a search may have found", [{ type: "tool_search" }]],
    ["where the response does not repeat the tools", []],
  ])("is told from one %s, which the client runs", (_, declared) => {
    const { parts, reason } = summarise(readEvents(streamOf(output, { tools: declared })));
    expect(reason).toBe("tool-calls");
    expect(parts[0]).not.toHaveProperty("providerExecuted");
  });

  test("is the provider's when a client brings it back", () => {
    const input = [{ role: "user", content: "Hi" }, ...output, { role: "user", content: "And?" }];
    const { request } = openAiResponses.readRequest({ model: "m", input, tools });
    const [, answer] = request.messages;
    expect(answer?.content[0]).toMatchObject({ type: "tool-call", callId: "xs_1", providerExecuted: true });
  });
});

describe("a program of the provider's that calls the client's tools", () => {
  const program = { type: "program", id: "cm_1", call_id: "call_p", code: "await tools.look({})", fingerprint: "gA==" };
  const call = {
    ...{ type: "function_call", id: "fc_1", call_id: "call_1", name: "look", arguments: "{}", status: "completed" },
    caller: { type: "program", caller_id: "call_p" },
  };
  const result = { type: "program_output", id: "cmo_1", call_id: "call_p", status: "completed", result: "7" };

  test("is a call that the provider runs, with its code, and comes back as it was", () => {
    const events = readEvents(streamOf([program, call]));
    const { parts, reason } = summarise(events);
    expect(reason).toBe("tool-calls");
    expect(parts).toMatchObject([
      { type: "tool-call", callId: "call_p", name: "program", input: { code: program.code }, providerExecuted: true },
      { type: "tool-call", callId: "call_1", name: "look" },
    ]);
    expect(sentBack(events).input).toMatchObject([program, { call_id: "call_1", caller: call.caller }]);
  });

  test("answers with its output", () => {
    const { parts } = summarise(whole([program, call, result]));
    const { type, id, call_id, ...output } = result;
    expect(parts[2]).toMatchObject({ type: "tool-result", callId: "call_p", name: "program", output });
  });
});

test("what a search for tools of the provider's found answers the search, which it does not name", () => {
  const search = {
    ...{ type: "tool_search_call", id: "tsc_1", call_id: null, execution: "server", status: "completed" },
    arguments: { paths: ["look"] },
  };
  const found = {
    ...{ type: "tool_search_output", id: "tso_1", call_id: null, execution: "server", status: "completed" },
    tools: [{ type: "function", name: "look" }],
  };
  for (const events of [readEvents(streamOf([search, found])), whole([search, found])]) {
    const { parts, reason } = summarise(events);
    expect(reason).toBe("stop");
    expect(parts).toMatchObject([
      { type: "tool-call", callId: "tsc_1", name: "tool_search", input: { paths: ["look"] }, providerExecuted: true },
      { type: "tool-result", callId: "tsc_1", name: "tool_search", output: { tools: found.tools } },
    ]);
    expect(sentBack(events).input).toEqual([search, found]);
  }
});

test("a call that ends as its result, as Perplexity's search does, was run by the provider", () => {
  const call = {
    ...{ type: "function_call", id: "fc_1", call_id: "call_1", name: "search_web", status: "completed" },
    arguments: '{"queries":["a"]}',
  };
  const result = {
    type: "search_results",
    queries: ["a"],
    results: [{ id: 1, url: "https://a.example/", date: "2026-09-25" }],
  };
  const [created, , , completed] = streamOf([result]);
  const events = readEvents([
    created ?? {},
    { type: "response.output_item.added", output_index: 0, item: call },
    { type: "response.output_item.done", output_index: 0, item: result },
    completed ?? {},
  ]);
  const { parts, reason } = summarise(events);
  expect(reason).toBe("stop");
  expect(parts).toMatchObject([
    { type: "tool-call", callId: "call_1", name: "search_web", input: { queries: ["a"] }, providerExecuted: true },
    { type: "tool-result", callId: "call_1", output: { results: result.results }, providerExecuted: true },
  ]);
  expect(sentBack(events)).toEqual({ input: [result], warnings: [] });
});
