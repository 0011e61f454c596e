import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, parseJson } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import type { Usage } from "../../src/stream/usage.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise } from "../laws/summary.js";
import { isOfSubstance } from "./is-of-substance.js";
import { haveRecordings, loadBody, loadStream } from "./load-recording.js";

/** What a recording holds; nothing of a kind where it is absent. */
interface Expected {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** Input and output tokens. */
  usage: [number, number];
  /** "none": it says nothing of a cache. Absent: that there was none. */
  cache?: "none" | Omit<Usage, "inputTokens" | "outputTokens">;
  toolCalls?: number;
  /** Of tools that the provider ran. */
  toolResults?: number;
  reasoning?: number;
  sources?: number;
  /** Blocks and containers that have to come back. */
  opaque?: number;
  /** It is of several calls, one after the other. */
  steps?: number;
  /** The provider began anew. */
  retracted?: true;
}

const STREAMS: Readonly<Record<string, Expected>> = {
  "anthropic/anthropic-advisor-20250301.1.chunks.txt": {
    reason: "stop",
    characters: 11250,
    toolCalls: 1,
    toolResults: 1,
    usage: [4727, 3391],
  },
  "anthropic/anthropic-clear-thinking.1.chunks.txt": { reason: "stop", characters: 13, reasoning: 1, usage: [69, 53] },
  "anthropic/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt": {
    reason: "stop",
    characters: 62,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [9632, 198],
    cache: { cacheReadTokens: 6289, cacheWriteTokens: 3337, reasoningTokens: 0 },
  },
  "anthropic/anthropic-code-execution-file-upload.1.chunks.txt": {
    reason: "stop",
    characters: 1022,
    toolCalls: 3,
    toolResults: 3,
    opaque: 1,
    usage: [11505, 1103],
  },
  "anthropic/anthropic-combined-context-editing.1.chunks.txt": {
    reason: "stop",
    characters: 362,
    reasoning: 1,
    usage: [50, 485],
  },
  "anthropic/anthropic-compaction.1.chunks.txt": { reason: "stop", characters: 8518, opaque: 1, usage: [612, 2819] },
  "anthropic/anthropic-json-other-tool.1.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [843, 28],
  },
  "anthropic/anthropic-json-output-format.1.chunks.txt": { reason: "stop", characters: 1267, usage: [313, 305] },
  "anthropic/anthropic-json-tool.1.chunks.txt": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [849, 47] },
  "anthropic/anthropic-json-tool.2.chunks.txt": {
    reason: "tool-calls",
    characters: 35,
    toolCalls: 1,
    usage: [849, 47],
  },
  "anthropic/anthropic-mcp.1.chunks.txt": {
    reason: "stop",
    characters: 112,
    toolCalls: 1,
    toolResults: 1,
    usage: [1250, 83],
  },
  "anthropic/anthropic-message-delta-input-tokens.chunks.txt": {
    reason: "stop",
    characters: 4,
    usage: [61, 2],
    cache: "none",
  },
  "anthropic/anthropic-programmatic-tool-calling.1.chunks.txt": {
    reason: "stop",
    characters: 833,
    toolCalls: 15,
    toolResults: 1,
    opaque: 14,
    steps: 15,
    usage: [7920, 922],
  },
  "anthropic/anthropic-refusal.chunks.txt": { reason: "refusal", characters: 0, usage: [18, 5] },
  "anthropic/anthropic-text.chunks.txt": { reason: "stop", characters: 108, usage: [12, 30] },
  "anthropic/anthropic-tool-no-args.chunks.txt": {
    reason: "tool-calls",
    characters: 35,
    toolCalls: 1,
    usage: [565, 48],
  },
  "anthropic/anthropic-tool-search-deferred-bm25.chunks.txt": {
    reason: "stop",
    characters: 734,
    toolCalls: 3,
    toolResults: 1,
    steps: 3,
    usage: [3916, 485],
  },
  "anthropic/anthropic-tool-search-regex.1.chunks.txt": {
    reason: "stop",
    characters: 324,
    toolCalls: 2,
    toolResults: 1,
    steps: 2,
    usage: [2752, 230],
  },
  "anthropic/anthropic-web-fetch-tool-20260209.1.chunks.txt": {
    reason: "stop",
    characters: 194,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7172, 144],
  },
  "anthropic/anthropic-web-fetch-tool.1.chunks.txt": {
    reason: "stop",
    characters: 1664,
    toolCalls: 1,
    toolResults: 1,
    usage: [4230, 446],
  },
  "anthropic/anthropic-web-search-tool.1.chunks.txt": {
    reason: "stop",
    characters: 2402,
    toolCalls: 1,
    toolResults: 1,
    sources: 14,
    usage: [15665, 795],
  },
  "anthropic/duplicate-message-start.chunks.txt": { reason: "stop", characters: 13, usage: [17, 227], cache: "none" },
  "anthropic/spliced-message-start.chunks.txt": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    reasoning: 1,
    retracted: true,
    usage: [17, 65],
    cache: "none",
  },
  "prism-php/anthropic/stream-basic-text-1.sse": { reason: "stop", characters: 468, usage: [11, 104] },
  "prism-php/anthropic/stream-multi-tool-conversation-3.sse": { reason: "stop", characters: 300, usage: [173, 81] },
  "prism-php/anthropic/stream-with-tools-1.sse": {
    reason: "tool-calls",
    characters: 190,
    toolCalls: 1,
    usage: [465, 96],
  },
  "prism-php/anthropic/stream-with-tools-3.sse": { reason: "stop", characters: 124, usage: [200, 36] },
  "prism-php/anthropic/stream-with-web-search-citations-1.sse": {
    reason: "stop",
    characters: 875,
    toolCalls: 1,
    toolResults: 1,
    sources: 3,
    usage: [9911, 343],
  },
};

const BODIES: Readonly<Record<string, Expected>> = {
  "anthropic/anthropic-advisor-20260301.1.json": {
    reason: "stop",
    characters: 10746,
    toolCalls: 1,
    toolResults: 1,
    usage: [2414, 3200],
  },
  "anthropic/anthropic-claude-opus-5-reasoning-high.1.json": {
    reason: "stop",
    characters: 2644,
    reasoning: 1,
    usage: [51, 1699],
    cache: { cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 139 },
  },
  "anthropic/anthropic-clear-thinking.1.json": { reason: "stop", characters: 13, reasoning: 1, usage: [69, 33] },
  "anthropic/anthropic-code-execution-file-upload.1.json": {
    reason: "stop",
    characters: 878,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7451, 521],
  },
  "anthropic/anthropic-combined-context-editing.1.json": {
    reason: "stop",
    characters: 391,
    reasoning: 1,
    usage: [50, 418],
  },
  "anthropic/anthropic-compaction.1.json": { reason: "stop", characters: 4384, opaque: 1, usage: [682, 1320] },
  "anthropic/anthropic-json-other-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [843, 28] },
  "anthropic/anthropic-json-output-format.1.json": { reason: "stop", characters: 2005, usage: [371, 629] },
  "anthropic/anthropic-json-tool.1.json": { reason: "tool-calls", characters: 0, toolCalls: 1, usage: [1151, 87] },
  "anthropic/anthropic-mcp.1.json": {
    reason: "stop",
    characters: 127,
    toolCalls: 1,
    toolResults: 1,
    usage: [1250, 88],
  },
  "anthropic/anthropic-memory-20250818.1.json": {
    reason: "tool-calls",
    characters: 0,
    toolCalls: 1,
    usage: [1614, 69],
  },
  "anthropic/anthropic-programmatic-tool-calling.1.json": {
    reason: "stop",
    characters: 857,
    toolCalls: 5,
    toolResults: 1,
    opaque: 1,
    usage: [4243, 229],
  },
  "anthropic/anthropic-refusal.json": { reason: "refusal", characters: 0, usage: [18, 5] },
  "anthropic/anthropic-text.json": { reason: "stop", characters: 105, usage: [12, 29] },
  "anthropic/anthropic-tool-no-args.json": { reason: "tool-calls", characters: 255, toolCalls: 1, usage: [602, 93] },
  "anthropic/anthropic-tool-search-deferred-bm25.2.json": {
    reason: "tool-calls",
    characters: 226,
    toolCalls: 1,
    toolResults: 1,
    usage: [1398, 213],
  },
  "anthropic/anthropic-tool-search-regex.1.json": {
    reason: "tool-calls",
    characters: 103,
    toolCalls: 2,
    toolResults: 1,
    usage: [1676, 184],
  },
  "anthropic/anthropic-web-fetch-tool-20260209.1.json": {
    reason: "stop",
    characters: 187,
    toolCalls: 2,
    toolResults: 2,
    opaque: 1,
    usage: [7204, 162],
  },
  "anthropic/anthropic-web-fetch-tool.1.json": {
    reason: "stop",
    characters: 1716,
    toolCalls: 1,
    toolResults: 1,
    usage: [4234, 462],
  },
  "anthropic/anthropic-web-fetch-tool.2.json": {
    reason: "stop",
    characters: 1570,
    toolCalls: 1,
    toolResults: 1,
    usage: [28638, 365],
  },
  "anthropic/anthropic-web-fetch-tool.error.json": {
    reason: "stop",
    characters: 579,
    toolCalls: 1,
    toolResults: 1,
    usage: [1902, 214],
  },
  "anthropic/anthropic-web-search-tool.1.json": {
    reason: "stop",
    characters: 1874,
    toolCalls: 2,
    toolResults: 2,
    sources: 3,
    usage: [27118, 600],
  },
};

describe.skipIf(!haveRecordings())("recorded messages", () => {
  test.each(Object.entries(STREAMS))("%s is a whole answer, wherever it is cut", (path, expected) => {
    const bytes = loadStream(path, "event-data");
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(anthropic, recut(bytes, at));
        expect(error).toBeUndefined();
        expect(found(events)).toEqual(expected);
      }),
      { numRuns: Math.max(3, Math.min(25, Math.floor(500_000 / bytes.length))) },
    );
  });

  test.each(Object.entries(BODIES))("%s is read as a whole body", (path, expected) => {
    expect(found(anthropic.readBody(parseJson(loadBody(path))))).toEqual(expected);
  });

  test.each(Object.keys(STREAMS))(
    "%s, cut off in the middle, is truncated, with usage and what had arrived",
    (path) => {
      const bytes = loadStream(path, "event-data");
      const { events, error } = readWire(anthropic, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
      expect(error).toMatchObject({ code: "truncated", retryable: true });
      expect(events.some((event) => event.type === "usage" && event.usage.inputTokens !== undefined)).toBe(true);
      expect(said(readWire(anthropic, [bytes]).events).startsWith(said(events))).toBe(true);
    },
  );

  test.each(Object.keys(BODIES))("%s goes back to the provider as it came", (path) => {
    const body = parseJson(loadBody(path)) as JsonObject;
    const { parts } = summarise(anthropic.readBody(body));
    const messages = [
      { role: "user" as const, content: "Hi" },
      { role: "assistant" as const, content: parts },
    ];
    const request = anthropic.writeRequest({ messages }, { model: "claude-opus-4-6", stream: true });
    const sent = Array.isArray(request.body.messages) ? request.body.messages : [];
    const blocks = (Array.isArray(body.content) ? body.content : []).map(sendable);
    // Calls that are still open are answered behind it.
    expect(sent.slice(0, 2)).toEqual([
      { role: "user", content: "Hi" },
      ...(blocks.length > 0 ? [{ role: "assistant", content: blocks }] : []),
    ]);
    expect(request.warnings.filter(isOfSubstance)).toEqual([]);
  });

  test.each(Object.keys(STREAMS).filter((path) => STREAMS[path]?.steps === undefined))(
    "%s is the same once it was served",
    (path) => {
      const { events } = readWire(anthropic, [loadStream(path, "event-data")]);
      const kept = STREAMS[path]?.retracted ? afterRetract(events) : events;
      const context = { model: "m", request: { messages: [] } };
      const served = readWire(anthropic, [writeWire(anthropic, kept, context)]);
      expect(served.error).toBeUndefined();
      expect(withoutPlainState(served.events)).toEqual(withoutPlainState(kept));
    },
  );

  test("a spliced message is retracted, and what follows is the answer", () => {
    const { events } = readWire(anthropic, [loadStream("anthropic/spliced-message-start.chunks.txt", "event-data")]);
    const { parts, start } = summarise(events);
    expect(start?.id).toBe("msg_second");
    expect(parts.at(-1)).toMatchObject({ type: "tool-call", callId: "toolu_second", input: { value: "Sparkle Day" } });
  });

  test("a refusal says why", () => {
    const { events } = readWire(anthropic, [loadStream("anthropic/anthropic-refusal.chunks.txt", "event-data")]);
    expect(events).toContainEqual({
      type: "data",
      name: "provider/stop_details",
      value: expect.objectContaining({ category: "cyber" }),
    });
  });
});

function afterRetract(events: readonly ChatEvent[]): ChatEvent[] {
  return events.slice(events.findLastIndex((event) => event.type === "retract") + 1);
}

/** Without what says that the model itself made a call, and whether its arguments were streamed: neither is kept. */
function withoutPlainState(events: readonly ChatEvent[]): unknown {
  const { parts, toolInputs: _, ...summary } = summarise(events);
  const plain = { type: "tool_use", caller: { type: "direct" } };
  return {
    ...summary,
    parts: parts.map((part) => {
      if (part.type !== "tool-call" || part.providerExecuted) return part;
      const { opaque, ...call } = part;
      return opaque === undefined || JSON.stringify(opaque.data) === JSON.stringify(plain) ? call : part;
    }),
  };
}

function found(events: readonly ChatEvent[]): Expected {
  const { parts, reason, usage } = summarise(events);
  const { inputTokens = -1, outputTokens = -1, ...cache } = usage;
  const kinds = {
    toolCalls: "tool-call",
    toolResults: "tool-result",
    reasoning: "reasoning",
    sources: "source",
  } as const;
  const counts = Object.entries({ ...kinds, opaque: "opaque" }).flatMap(([name, type]) => {
    const count = parts.filter((part) => part.type === type).length;
    return count > 0 ? [[name, count]] : [];
  });
  const steps = events.filter((event) => event.type === "step-finish").length;
  const unusual = Object.keys(cache).length > 2 || cache.cacheReadTokens !== 0 || cache.cacheWriteTokens !== 0;
  return {
    reason: reason ?? "other",
    characters: said(events).length,
    usage: [inputTokens, outputTokens],
    ...(unusual && { cache: Object.keys(cache).length > 0 ? cache : "none" }),
    ...Object.fromEntries(counts),
    ...(steps > 0 && { steps }),
    ...(events.some((event) => event.type === "retract") && { retracted: true }),
  };
}

function said(events: readonly ChatEvent[]): string {
  return events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
}

/** A block as a request has it: without what only says that there is nothing. */
function sendable(block: unknown): unknown {
  if (!isJsonObject(block)) return block;
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== null));
}
