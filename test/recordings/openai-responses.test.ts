import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { AssistantPart } from "../../src/stream/message.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise, textOfEvents } from "../laws/summary.js";
import { isOfSubstance } from "./is-of-substance.js";
import { haveRecordings, loadBody, loadStream } from "./load-recording.js";

/** What a recording holds; nothing of a kind where it is absent. */
interface Expected {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** Input, output and reasoning tokens, and those read from a cache. */
  usage: [input: number, output: number, reasoning?: number, cached?: number];
  toolCalls?: number;
  /** Of tools that the provider ran. */
  toolResults?: number;
  reasoning?: number;
  sources?: number;
  files?: number;
  /** Items that have to come back and are nothing else. */
  opaque?: number;
  /** It is of several calls, one after the other. */
  steps?: number;
}

const STREAMS: Readonly<Record<string, Expected>> = {
  "azure/azure-code-interpreter-tool.1.chunks.txt": {
    reason: "stop",
    characters: 807,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 1,
    usage: [2143, 919, 576, 1280],
  },
  "azure/azure-image-generation-tool.1.chunks.txt": {
    reason: "stop",
    characters: 119,
    toolCalls: 1,
    toolResults: 1,
    files: 1,
    usage: [1979, 67],
  },
  "azure/azure-reasoning-encrypted-content.1.chunks.txt": {
    reason: "stop",
    characters: 28,
    toolCalls: 3,
    reasoning: 1,
    steps: 4,
    usage: [965, 92],
  },
  "azure/azure-text.1.chunks.txt": { reason: "stop", characters: 5, usage: [11, 11] },
  "azure/azure-tool-call.1.chunks.txt": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [45, 24] },
  "azure/azure-web-search-preview-tool.1.chunks.txt": {
    reason: "stop",
    characters: 1512,
    toolCalls: 1,
    toolResults: 1,
    sources: 1,
    usage: [5093, 369],
  },
  "open-responses/responses/lmstudio-tool-call.1.chunks.txt": {
    reason: "tool-calls",
    characters: 67,
    toolCalls: 1,
    reasoning: 1,
    usage: [182, 61, 48, 2],
  },
  "open-responses/responses/lmstudio-tool-call.2.chunks.txt": {
    reason: "tool-calls",
    characters: 67,
    toolCalls: 1,
    reasoning: 1,
    usage: [182, 60, 47, 52],
  },
  "openai/responses/openai-apply-patch-tool-delete.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [24, 0],
  },
  "openai/responses/openai-apply-patch-tool.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [642, 67],
  },
  "openai/responses/openai-client-tool-search.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [65, 31],
  },
  "openai/responses/openai-client-tool-search.2.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [467, 26],
  },
  "openai/responses/openai-custom-tool.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [50, 20],
  },
  "openai/responses/openai-file-search-tool.1.chunks.txt": {
    reason: "stop",
    characters: 383,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 2,
    sources: 2,
    usage: [3737, 621, 512, 2304],
  },
  "openai/responses/openai-file-search-tool.2.chunks.txt": {
    reason: "stop",
    characters: 380,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 2,
    sources: 1,
    usage: [3748, 543, 448, 2304],
  },
  "openai/responses/openai-image-generation-tool.1.chunks.txt": {
    reason: "stop",
    characters: 0,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 1,
    usage: [2941, 1249, 1024, 1920],
  },
  "openai/responses/openai-local-shell-tool.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [407, 151, 128],
  },
  "openai/responses/openai-mcp-tool-approval.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    opaque: 1,
    usage: [422, 48],
  },
  "openai/responses/openai-mcp-tool-approval.2.chunks.txt": {
    reason: "stop",
    characters: 470,
    reasoning: 1,
    opaque: 1,
    usage: [553, 371, 256],
  },
  "openai/responses/openai-mcp-tool-approval.3.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    opaque: 1,
    usage: [609, 48],
  },
  "openai/responses/openai-mcp-tool-approval.4.chunks.txt": {
    reason: "stop",
    characters: 221,
    toolCalls: 1,
    toolResults: 1,
    opaque: 1,
    usage: [779, 69],
  },
  "openai/responses/openai-phase.1.chunks.txt": { reason: "stop", characters: 1638, usage: [7112, 463, 64, 3072] },
  "openai/responses/openai-shell-container-multiturn.1.chunks.txt": {
    reason: "stop",
    characters: 50,
    usage: [802, 20],
  },
  "openai/responses/openai-shell-container.1.chunks.txt": {
    reason: "stop",
    characters: 190,
    toolCalls: 1,
    toolResults: 1,
    usage: [200, 120],
  },
  "openai/responses/openai-shell-local-multiturn.1.chunks.txt": { reason: "stop", characters: 24, usage: [444, 12] },
  "openai/responses/openai-shell-skills.1.chunks.txt": {
    reason: "stop",
    characters: 951,
    toolCalls: 2,
    toolResults: 2,
    usage: [1501, 314, 100, 1024],
  },
  "openai/responses/openai-shell-tool.1.chunks.txt": {
    reason: "stop",
    characters: 426,
    toolCalls: 1,
    steps: 2,
    usage: [476, 207],
  },
  "openai/responses/openai-web-search-tool.1.chunks.txt": {
    reason: "stop",
    characters: 3645,
    toolCalls: 6,
    toolResults: 6,
    reasoning: 7,
    sources: 12,
    usage: [31073, 4416, 3712, 3712],
  },
  "prism-php/openai/stream-basic-text-responses-1.json": { reason: "stop", characters: 283, usage: [10, 62] },
  "prism-php/openai/stream-falsy-argument-conversation-responses-2.json": {
    reason: "stop",
    characters: 54,
    usage: [103, 16],
  },
  "prism-php/openai/stream-multi-tool-conversation-responses-reasoning-1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [78, 532, 512],
  },
  "prism-php/openai/stream-multi-tool-conversation-responses-reasoning-2.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [116, 79, 64],
  },
  "prism-php/openai/stream-multi-tool-conversation-responses-reasoning-past-reasoning-1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [78, 221, 192],
  },
  "prism-php/openai/stream-multi-tool-conversation-responses-reasoning-past-reasoning-2.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [355, 19],
  },
  "prism-php/openai/stream-reasoning-effort-1.json": {
    reason: "stop",
    characters: 256,
    reasoning: 1,
    usage: [10, 127, 64],
  },
  "prism-php/openai/stream-with-tools-responses-1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 2,
    usage: [92, 52],
  },
  "xai/responses/xai-image-generation-tool.1.chunks.txt": {
    reason: "stop",
    characters: 69,
    toolCalls: 1,
    toolResults: 1,
    files: 1,
    usage: [100, 50, 30, 20],
  },
  "xai/responses/xai-text-streaming.1.chunks.txt": {
    reason: "stop",
    characters: 3068,
    reasoning: 1,
    usage: [216, 863, 237, 192],
  },
  "xai/responses/xai-text-with-reasoning-streaming-store-false.1.chunks.txt": {
    reason: "stop",
    characters: 2786,
    reasoning: 1,
    usage: [216, 831, 253, 192],
  },
  "xai/responses/xai-text-with-reasoning-streaming.1.chunks.txt": {
    reason: "stop",
    characters: 2849,
    reasoning: 1,
    usage: [216, 923, 323, 192],
  },
};

const BODIES: Readonly<Record<string, Expected>> = {
  "azure/azure-code-interpreter-tool.1.json": {
    reason: "stop",
    characters: 296,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 1,
    usage: [1750, 400, 192],
  },
  "azure/azure-image-generation-tool.1.json": {
    reason: "stop",
    characters: 121,
    toolCalls: 1,
    toolResults: 1,
    files: 1,
    usage: [1977, 65],
  },
  "azure/azure-reasoning-encrypted-content.1.json": {
    reason: "stop",
    characters: 58,
    reasoning: 1,
    usage: [564, 101, 64],
  },
  "azure/azure-text.1.json": { reason: "stop", characters: 4, usage: [11, 11] },
  "azure/azure-tool-call.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [45, 24] },
  "azure/azure-web-search-preview-tool.1.json": {
    reason: "stop",
    characters: 1511,
    toolCalls: 2,
    toolResults: 2,
    sources: 1,
    usage: [10188, 405],
  },
  "open-responses/responses/lmstudio-tool-call.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [1189, 11, 0, 891],
  },
  "openai/responses/openai-apply-patch-tool.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [642, 67],
  },
  "openai/responses/openai-client-tool-search.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [65, 28],
  },
  "openai/responses/openai-client-tool-search.2.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [461, 26],
  },
  "openai/responses/openai-custom-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [50, 20] },
  "openai/responses/openai-file-search-tool.1.json": {
    reason: "stop",
    characters: 439,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 2,
    sources: 1,
    usage: [3700, 741, 640, 2560],
  },
  "openai/responses/openai-file-search-tool.2.json": {
    reason: "stop",
    characters: 351,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 2,
    sources: 1,
    usage: [3678, 536, 448, 2304],
  },
  "openai/responses/openai-image-generation-tool.1.json": {
    reason: "stop",
    characters: 0,
    toolCalls: 1,
    toolResults: 1,
    reasoning: 2,
    usage: [3151, 1970, 1920],
  },
  "openai/responses/openai-local-shell-tool.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    usage: [407, 24],
  },
  "openai/responses/openai-mcp-tool-approval.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    opaque: 1,
    usage: [422, 104, 64],
  },
  "openai/responses/openai-mcp-tool-approval.2.json": {
    reason: "stop",
    characters: 409,
    reasoning: 1,
    opaque: 1,
    usage: [592, 421, 320],
  },
  "openai/responses/openai-mcp-tool-approval.3.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    opaque: 1,
    usage: [587, 104, 64],
  },
  "openai/responses/openai-mcp-tool-approval.4.json": {
    reason: "stop",
    characters: 260,
    toolCalls: 1,
    toolResults: 1,
    opaque: 1,
    usage: [765, 74],
  },
  "openai/responses/openai-phase.1.json": { reason: "stop", characters: 1366, usage: [7243, 423, 58, 3072] },
  "openai/responses/openai-shell-container-multiturn.1.json": { reason: "stop", characters: 30, usage: [800, 19] },
  "openai/responses/openai-shell-container.1.json": {
    reason: "stop",
    characters: 190,
    toolCalls: 1,
    toolResults: 1,
    usage: [200, 120],
  },
  "openai/responses/openai-shell-local-multiturn.1.json": { reason: "stop", characters: 24, usage: [444, 12] },
  "openai/responses/openai-shell-skills.1.json": {
    reason: "stop",
    characters: 1022,
    toolCalls: 2,
    toolResults: 2,
    usage: [1499, 331, 100, 1024],
  },
  "openai/responses/openai-shell-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [157, 73] },
  "openai/responses/openai-web-search-tool.1.json": {
    reason: "stop",
    characters: 3042,
    toolCalls: 3,
    toolResults: 3,
    reasoning: 4,
    sources: 10,
    usage: [19681, 3773, 3136, 3712],
  },
  "openai/responses/parallel-tool-call-wrapper.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [34, 28],
  },
  "xai/responses/xai-code-execution-tool.1.json": {
    reason: "stop",
    characters: 2,
    toolCalls: 1,
    toolResults: 1,
    usage: [1606, 292, 190, 1235],
  },
  "xai/responses/xai-image-generation-tool.1.json": {
    reason: "stop",
    characters: 42,
    toolCalls: 1,
    toolResults: 1,
    files: 1,
    usage: [100, 50, 30, 20],
  },
};

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
    if (said(whole) === "" && summarise(whole).parts.length === 0) return;
    expect(comparable(events)).toEqual(comparable(whole));
  });

  test.each(Object.keys(STREAMS))("%s, cut off in the middle, is truncated, with what had arrived", (path) => {
    const bytes = loadStream(path, "event-data");
    const { events, error } = readWire(openAiResponses, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
    expect(said(readWire(openAiResponses, [bytes]).events).startsWith(said(events))).toBe(true);
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
  const parts = Array.isArray(item.content) ? item.content : [];
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

function found(events: readonly ChatEvent[]): Expected {
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
  const counts = Object.entries(kinds).flatMap(([name, type]) => {
    const count = parts.filter((part) => part.type === type).length;
    return count > 0 ? [[name, count]] : [];
  });
  const steps = events.filter((event) => event.type === "step-finish").length;
  return {
    ...(steps > 0 && { steps }),
    reason: reason ?? "other",
    characters: said(events).length,
    ...Object.fromEntries(counts),
    usage: [
      inputTokens,
      outputTokens,
      ...(reasoningTokens || cacheReadTokens ? [reasoningTokens] : []),
      ...(cacheReadTokens ? [cacheReadTokens] : []),
    ] as Expected["usage"],
  };
}

function said(events: readonly ChatEvent[]): string {
  return textOfEvents(events);
}
