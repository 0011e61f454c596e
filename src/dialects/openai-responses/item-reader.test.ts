import { describe, expect, test } from "vitest";
import { readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import { summarise } from "../../../test/laws/summary.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { AssistantPart, ChatMessage, ToolResultPart } from "../../stream/message.js";
import { openAiResponses } from "./openai-responses.js";

const USER: ChatMessage = { role: "user", content: "Hi" };

/** A stream in which each item begins and is whole at once. */
function streamOf(output: readonly JsonObject[], response: JsonObject = {}): JsonObject[] {
  return [
    {
      type: "response.created",
      response: { id: "resp_1", model: "m", status: "in_progress", output: [], ...response },
    },
    ...output.flatMap((item, at): JsonObject[] => [
      { type: "response.output_item.added", output_index: at, item: { ...item, status: "in_progress" } },
      { type: "response.output_item.done", output_index: at, item },
    ]),
    { type: "response.completed", response: { id: "resp_1", status: "completed", output: [...output], ...response } },
  ];
}

function read(events: readonly JsonObject[]): ChatEvent[] {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const { events: said, error } = readWire(openAiResponses, [new TextEncoder().encode(text)]);
  expect(error).toBeUndefined();
  return said;
}

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

const text = (said: string) => ({ type: "output_text", text: said, annotations: [] });

describe("reasoning that only its provider knows, although it names an empty content", () => {
  const output = [
    { type: "reasoning", id: "rs_1", summary: [], content: [], encrypted_content: null },
    { type: "function_call", id: "fc_1", call_id: "call_1", name: "look", arguments: "{}", status: "completed" },
    { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("Hm.")] },
  ];

  test.each([
    ["streamed", read(streamOf(output))],
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
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("4")] };
  const events = read([
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
  expect(input).toEqual([reasoning, { type: "message", role: "assistant", content: [text("4")] }]);
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
    { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("Found.")] },
  ];
  const tools = [{ type: "x_search" }, { type: "custom", name: "sql" }];

  test.each([
    ["streamed", read(streamOf(output, { tools }))],
    ["whole", whole(output, { tools })],
    ["served", served(read(streamOf(output, { tools })))],
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
    const { parts, reason } = summarise(read(streamOf(output, { tools: declared })));
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
    const events = read(streamOf([program, call]));
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
  for (const events of [read(streamOf([search, found])), whole([search, found])]) {
    const { parts, reason } = summarise(events);
    expect(reason).toBe("stop");
    expect(parts).toMatchObject([
      { type: "tool-call", callId: "tsc_1", name: "tool_search", input: { paths: ["look"] }, providerExecuted: true },
      { type: "tool-result", callId: "tsc_1", name: "tool_search", output: { tools: found.tools } },
    ]);
    expect(sentBack(events).input).toEqual([search, found]);
  }
});

/** The same answer, once a server passed it on. */
function served(events: readonly ChatEvent[]): ChatEvent[] {
  const tools = [{ dialect: "openai-responses", type: "custom", name: "sql" }];
  const context = { model: "m", request: { messages: [USER], tools } };
  return readWire(openAiResponses, [writeWire(openAiResponses, events, context)]).events;
}

describe("a server that leaves out the places of items and ends all of them at the end, as llama.cpp does", () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("I look.")] };
  const calls = ["a", "b"].map((at) => ({
    ...{ type: "function_call", id: `fc_${at}`, call_id: `call_${at}`, name: "look", status: "completed" },
    arguments: `{"at":"${at}"}`,
  }));
  const output = [thought, message, ...calls];
  const added = (item: JsonObject) => ({ type: "response.output_item.added", item });

  test.each<[how: string, items: JsonObject[]]>([
    ["by their ids", output],
    ["by their order", output.map(({ id: _, ...item }) => item)],
  ])("has them told apart %s", (_, items) => {
    const streamed = items.flatMap((item, at): JsonObject[] => {
      const id = item.id === undefined ? {} : { item_id: item.id };
      if (item.type === "reasoning") {
        return [
          added({ ...item, content: [], encrypted_content: "" }),
          { type: "response.reasoning_text.delta", ...id, delta: "Hm." },
        ];
      }
      if (item.type === "message") {
        return [
          added({ ...item, content: [] }),
          { type: "response.output_text.delta", ...id, delta: "I " },
          { type: "response.output_text.delta", ...id, delta: "look." },
        ];
      }
      const delta = calls[at - 2]?.arguments ?? "";
      return [added({ ...item, arguments: "" }), { type: "response.function_call_arguments.delta", ...id, delta }];
    });
    const ends = items.map((item) => ({ type: "response.output_item.done", item }));
    const [created, completed] = [streamOf([])[0] ?? {}, streamOf(items)[1 + 2 * items.length] ?? {}];
    const whens = items === output ? [...streamed, ...ends] : interleaved(streamed, ends);
    const { parts, reason } = summarise(read([created, ...whens, completed]));
    expect(reason).toBe("tool-calls");
    const said = parts.flatMap((part) => ("text" in part && part.text !== "" ? [`${part.type}: ${part.text}`] : []));
    expect(said).toEqual(["reasoning: Hm.", "text: I look."]);
    expect(parts.filter(({ type }) => type === "tool-call")).toMatchObject([
      { callId: "call_a", input: { at: "a" } },
      { callId: "call_b", input: { at: "b" } },
    ]);
  });

  /** Without ids each item ends before the next begins. */
  function interleaved(streamed: readonly JsonObject[], ends: readonly JsonObject[]): JsonObject[] {
    let item = -1;
    const all: JsonObject[] = [];
    for (const event of streamed) {
      if (event.type === "response.output_item.added" && ++item > 0) all.push(ends[item - 1] ?? {});
      all.push(event);
    }
    return [...all, ends[item] ?? {}];
  }
});

test("a text whose pieces were counted on from the item before, as vLLM does, is said once", () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("Yes.")] };
  const [created, , , , , completed] = streamOf([thought, message]);
  const { parts } = summarise(
    read([
      created ?? {},
      { type: "response.output_item.added", output_index: 0, item: { ...thought, content: [] } },
      { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "Hm." },
      { type: "response.output_item.done", output_index: 0, item: thought },
      { type: "response.output_item.added", output_index: 1, item: { ...message, content: [] } },
      { type: "response.output_text.delta", output_index: 1, content_index: 1, delta: "Yes." },
      { type: "response.output_item.done", output_index: 1, item: message },
      completed ?? {},
    ]),
  );
  expect(parts.filter(({ type }) => type === "text")).toMatchObject([{ text: "Yes." }]);
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
  const events = read([
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

describe("items of which only pieces came, as gateways pass them on", () => {
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text("Hello.")] };
  const reasoning = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] };
  const thought = [
    { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "H" },
    { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 0, delta: "m." },
  ];
  const said = (at: JsonObject) =>
    ["Hel", "lo."].map((delta) => ({ type: "response.output_text.delta", ...at, delta }));

  test.each<[what: string, pieces: JsonObject[], output: JsonObject[], parts: object[]]>([
    ["a message", said({ output_index: 0, content_index: 0 }), [message], [{ type: "text", text: "Hello." }]],
    ["a message without a place", said({}), [message], [{ type: "text", text: "Hello." }]],
    ["a message that the end does not repeat", said({ output_index: 0 }), [], [{ type: "text", text: "Hello." }]],
    [
      "reasoning and a message at one place",
      [...thought, ...said({ output_index: 0 })],
      [reasoning, message],
      [{ text: "Hm." }, { text: "Hello." }],
    ],
    [
      "reasoning that the end does not repeat",
      [...thought, ...said({})],
      [message],
      [{ text: "Hm." }, { text: "Hello." }],
    ],
  ])("%s", (_, pieces, output, expected) => {
    const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", output } };
    const { parts, reason } = summarise(read([...pieces, completed]));
    expect(reason).toBe("stop");
    expect(parts.filter((part) => "text" in part && part.text !== "")).toMatchObject(expected);
    expect(parts.filter((part) => "text" in part && part.text !== "")).toHaveLength(expected.length);
  });

  test("what is said of an item after its end is not said again", () => {
    const events = streamOf([message]);
    const late = { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hello." };
    const { parts } = summarise(read([...events.slice(0, -1), late, ...events.slice(-1)]));
    expect(parts).toEqual([{ type: "text", text: "Hello." }]);
  });
});

test("reasoning is read under the names that Open Responses has for its pieces", () => {
  const reasoning = { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] };
  const [created, added, done, completed] = streamOf([reasoning]);
  const events = read([
    created ?? {},
    { ...added, item: { ...reasoning, content: [] } },
    { type: "response.reasoning.delta", output_index: 0, content_index: 0, delta: "Hm." },
    { type: "response.reasoning.done", output_index: 0, content_index: 0, text: "Hm." },
    done ?? {},
    completed ?? {},
  ]);
  expect(events.flatMap((event) => (event.type === "reasoning-delta" ? [event.text] : [])).join("")).toBe("Hm.");
  expect(events.findIndex(({ type }) => type === "data")).toBe(-1);
});
