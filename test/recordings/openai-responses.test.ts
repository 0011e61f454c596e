import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { AssistantPart } from "../../src/stream/message.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise, textOfEvents } from "../laws/summary.js";
import { countParts } from "./count-parts.js";
import type { ExpectedResponse } from "./expected/expected-response.js";
import { RESPONSE_BODIES as BODIES } from "./expected/response-bodies.js";
import { RESPONSE_STREAMS as STREAMS } from "./expected/response-streams.js";
import { isOfSubstance } from "./is-of-substance.js";
import { haveRecordings, loadBody, loadStream } from "./load-recording.js";

/** Recordings whose end is an error. The braces of the second are not balanced. */
const FAILURES: Readonly<Record<string, { code: string; providerCode?: string }>> = {
  "prism-php/openai/stream-rate-limited-1.json": { code: "rate-limited", providerCode: "rate_limit_exceeded tokens" },
  "openai/responses/parallel-tool-call-wrapper.1.chunks.txt": { code: "malformed-frame" },
};

/**
 * Recordings of one answer, whose end repeats what was streamed. The words of the one left out differ by a character: what
 * it streamed is void, and no client can be told.
 */
const SINGLE = Object.keys(STREAMS).filter((path) => STREAMS[path]?.steps === undefined);
const REPEATED = SINGLE.filter((path) => path !== "openai/responses/openai-shell-container.1.chunks.txt");

const TARGET = { model: "gpt-5", stream: true };

describe.skipIf(!haveRecordings())("recorded responses", () => {
  test.each(Object.entries(STREAMS))("%s is a whole answer, wherever it is cut", (path, expected) => {
    const bytes = loadStream(path, "event-data");
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(openAiResponses, recut(bytes, at));
        expect(error).toBeUndefined();
        expect(found(events)).toEqual(expected);
      }),
      { numRuns: Math.max(3, Math.min(25, Math.floor(500_000 / bytes.length))) },
    );
  });

  test.each(Object.entries(BODIES))("%s is read as a whole body", (path, expected) => {
    expect(found(openAiResponses.readBody(parseJson(loadBody(path))))).toEqual(expected);
  });

  test.each(REPEATED)("%s says in pieces what its end says at once", (path) => {
    const { events } = readWire(openAiResponses, [loadStream(path, "event-data")]);
    const whole = openAiResponses.readBody(lastResponse(path));
    if (textOfEvents(whole) === "" && summarise(whole).parts.length === 0) return;
    expect(comparable(events)).toEqual(comparable(whole));
  });

  test.each(Object.keys(STREAMS))("%s, cut off in the middle, is truncated, with what had arrived", (path) => {
    const bytes = loadStream(path, "event-data");
    const { events, error } = readWire(openAiResponses, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
    expect(textOfEvents(readWire(openAiResponses, [bytes]).events).startsWith(textOfEvents(events))).toBe(true);
  });

  test.each(Object.entries(FAILURES))("%s ends in an error", (path, expected) => {
    const { error } = readWire(openAiResponses, [loadStream(path, "event-data")]);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject(expected);
  });

  test.each(Object.keys(BODIES))("%s goes back to the provider as it came", (path) => {
    const body = parseJson(loadBody(path)) as JsonObject;
    const { parts } = summarise(openAiResponses.readBody(body));
    const messages = [
      { role: "user" as const, content: "Hi" },
      { role: "assistant" as const, content: parts },
    ];
    const providerOptions = { "openai-responses": { store: true } };
    const request = openAiResponses.writeRequest({ messages, providerOptions }, TARGET);
    const items = Array.isArray(body.output) ? body.output.map(sendable) : [];
    // Calls that are still open are answered behind it.
    expect((request.body.input as JsonValue[]).slice(1, items.length + 1).map(sendable)).toEqual(items);
    expect(request.warnings.filter(isOfSubstance)).toEqual([]);
  });

  test.each(Object.keys(BODIES))("%s comes back from a client as it was served", (path) => {
    const body = parseJson(loadBody(path)) as JsonObject;
    const { parts } = summarise(openAiResponses.readBody(body));
    const input = [{ role: "user", content: "Hi" }, ...(Array.isArray(body.output) ? body.output : [])];
    const { request } = openAiResponses.readRequest({ model: "m", input });
    const [, assistant, ...rest] = request.messages;
    expect(rest).toEqual([]);
    expect(withoutMarkers(assistant?.content)).toEqual(withoutMarkers(parts));
  });

  test.each(REPEATED)("%s is the same once it was served", (path) => {
    const { events } = readWire(openAiResponses, [loadStream(path, "event-data")]);
    const tools = [{ dialect: "openai-responses", type: "custom", name: "write_sql" }];
    const context = { model: "m", request: { messages: [], tools } };
    const served = readWire(openAiResponses, [writeWire(openAiResponses, events, context)]);
    expect(served.error).toBeUndefined();
    expect(comparable(served.events)).toEqual(comparable(events));
  });
});

/** The response that ends a recording. */
function lastResponse(path: string): JsonValue {
  const text = new TextDecoder().decode(loadStream(path, "event-data"));
  const events = text.split("\n").flatMap((line) => (line.startsWith("data: {") ? [parseJson(line.slice(6))] : []));
  const last = events.find((event) => isJsonObject(event) && event.type === "response.completed");
  return isJsonObject(last) ? (last.response ?? null) : null;
}

/**
 * What two readings of one answer share: where between the words a source stands is known only while they come, and some
 * recordings were cleaned of their ids, differently in each event.
 */
function comparable(events: readonly ChatEvent[]): unknown {
  const { toolInputs: _, parts, ...summary } = summarise(events);
  const texts = parts.flatMap((part) => (part.type === "text" && part.text !== "" ? [part.text] : []));
  const others = parts.filter((part) => part.type !== "text");
  return withoutIds({ ...summary, text: texts.join(""), others: others.map(withoutCallState) });
}

/** The id of a function's call stands in an item after it, which a reader of the stream has no use for any more. */
function withoutCallState(part: AssistantPart): AssistantPart {
  if (part.type !== "tool-call" || part.opaque === undefined) return part;
  const { opaque, ...call } = part;
  return isJsonObject(opaque.data) && opaque.data.type === "function_call" ? call : part;
}

function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    ["callId", "call_id", "id", "encrypted_content"].includes(key) ? "" : inner,
  );
}

/** An item as a request has it: without the ids that nothing needs, and without what only says that there is nothing. */
function sendable(item: JsonValue): unknown {
  if (!isJsonObject(item)) return item;
  const { type } = item;
  // A message of one text is sent as that text.
  const alone = typeof item.content === "string" ? { type: "output_text", annotations: [], text: item.content } : [];
  const parts = Array.isArray(item.content) ? item.content : [alone].flat();
  const content = parts.filter((part) => !isJsonObject(part) || part.text !== "").map(sendablePart);
  if (type === "message")
    return { type, role: item.role, content, ...(item.phase !== undefined && { phase: item.phase }) };
  if (type === "function_call" || type === "custom_tool_call") {
    const { id: _, status: __, arguments: text, ...call } = item;
    return { ...call, ...(typeof text === "string" && { arguments: parseJson(text) }) };
  }
  return item;
}

function sendablePart(part: JsonValue): unknown {
  if (!isJsonObject(part)) return part;
  const { logprobs: _, ...rest } = part;
  return rest;
}

/** A client says which message is which with ids; a response needs them only for some. */
function withoutMarkers(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.filter((part) => !(part.type === "text" && part.text === "" && part.opaque !== undefined));
}

function found(events: readonly ChatEvent[]): ExpectedResponse {
  const { parts, reason, usage } = summarise(events);
  const { inputTokens = -1, outputTokens = -1, reasoningTokens = 0, cacheReadTokens = 0 } = usage;
  const kinds = {
    toolCalls: "tool-call",
    toolResults: "tool-result",
    reasoning: "reasoning",
    sources: "source",
    files: "file",
    opaque: "opaque",
  } as const;
  const counts = countParts(parts, kinds);
  const steps = events.filter((event) => event.type === "step-finish").length;
  return {
    ...(steps > 0 && { steps }),
    reason: reason ?? "other",
    characters: textOfEvents(events).length,
    ...counts,
    usage: [
      inputTokens,
      outputTokens,
      ...(reasoningTokens || cacheReadTokens ? [reasoningTokens] : []),
      ...(cacheReadTokens ? [cacheReadTokens] : []),
    ] as ExpectedResponse["usage"],
  };
}
