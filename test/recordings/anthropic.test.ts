import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, parseJson } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { AssistantPart, ChatMessage } from "../../src/stream/message.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise, textOfEvents } from "../laws/summary.js";
import { countParts } from "./count-parts.js";
import { MESSAGE_BODIES as BODIES, type ExpectedMessage, MESSAGE_STREAMS as STREAMS } from "./expected/messages.js";
import { isOfSubstance } from "./is-of-substance.js";
import { haveRecordings, loadBody, loadStream } from "./load-recording.js";

/** The answer that had called what an answer has results of: beside a call of the client's the provider's go on later. */
function earlierCalls(parts: readonly AssistantPart[]): ChatMessage[] {
  const calls = parts.flatMap((part): AssistantPart[] => {
    if (part.type !== "tool-result" || !part.providerExecuted) return [];
    if (parts.some((other) => other.type === "tool-call" && other.callId === part.callId)) return [];
    const { callId, name } = part;
    const opaque = { dialect: "anthropic", data: { type: "server_tool_use" } };
    return [{ type: "tool-call", callId, name, input: {}, providerExecuted: true, opaque }];
  });
  if (calls.length === 0) return [];
  return [
    { role: "assistant", content: [...calls, { type: "tool-call", callId: "toolu_before", name: "f", input: {} }] },
    { role: "tool", content: [{ type: "tool-result", callId: "toolu_before", name: "f", output: "seen" }] },
  ];
}

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
      expect(textOfEvents(readWire(anthropic, [bytes]).events).startsWith(textOfEvents(events))).toBe(true);
    },
  );

  test.each(Object.keys(BODIES))("%s goes back to the provider as it came", (path) => {
    const body = parseJson(loadBody(path)) as JsonObject;
    const { parts } = summarise(anthropic.readBody(body));
    const messages: ChatMessage[] = [
      { role: "user", content: "Hi" },
      ...earlierCalls(parts),
      { role: "assistant", content: parts },
    ];
    const request = anthropic.writeRequest({ messages }, { model: "claude-opus-4-6", stream: true });
    const sent = Array.isArray(request.body.messages) ? request.body.messages : [];
    const blocks = (Array.isArray(body.content) ? body.content : []).map(sendable);
    // Calls that are still open are answered behind it.
    expect(sent[0]).toEqual({ role: "user", content: "Hi" });
    const at = messages.length - 1;
    expect(sent.slice(at, at + 1)).toEqual(blocks.length > 0 ? [{ role: "assistant", content: blocks }] : []);
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

function found(events: readonly ChatEvent[]): ExpectedMessage {
  const { parts, reason, usage } = summarise(events);
  const { inputTokens = -1, outputTokens = -1, ...cache } = usage;
  const kinds = {
    toolCalls: "tool-call",
    toolResults: "tool-result",
    reasoning: "reasoning",
    sources: "source",
  } as const;
  const counts = countParts(parts, { ...kinds, opaque: "opaque" });
  const steps = events.filter((event) => event.type === "step-finish").length;
  const unusual = Object.keys(cache).length > 2 || cache.cacheReadTokens !== 0 || cache.cacheWriteTokens !== 0;
  return {
    reason: reason ?? "other",
    characters: textOfEvents(events).length,
    usage: [inputTokens, outputTokens],
    ...(unusual && { cache: Object.keys(cache).length > 0 ? cache : "none" }),
    ...counts,
    ...(steps > 0 && { steps }),
    ...(events.some((event) => event.type === "retract") && { retracted: true }),
  };
}

/** A block as a request has it: without what only says that there is nothing. */
function sendable(block: unknown): unknown {
  if (!isJsonObject(block)) return block;
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== null));
}
