import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import { readWire } from "../laws/dialect-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { summarise } from "../laws/summary.js";
import { haveRecordings, loadStream } from "./load-recording.js";

/** What a recording holds; nothing of a kind where it is absent. */
interface Expected {
  reason: FinishReason;
  /** Of the answer's text, and of its thinking. */
  characters: number;
  thought?: number;
  /** Input and output tokens. */
  usage: [number, number];
  /** Names of the tools that were called. */
  calls?: string[];
}

const STREAMS: Readonly<Record<string, Expected>> = {
  "stream-basic-text-1.sse": { reason: "stop", characters: 138, usage: [37, 37] },
  "stream-multi-tool-conversation-1.sse": { reason: "tool-calls", characters: 0, usage: [149, 15], calls: ["weather"] },
  "stream-with-thinking-enabled-1.sse": { reason: "stop", characters: 89, thought: 225, usage: [69, 76] },
  "stream-with-tools-1.sse": { reason: "tool-calls", characters: 0, usage: [218, 306], calls: ["weather", "search"] },
  "stream-with-tools-2.sse": { reason: "tool-calls", characters: 0, usage: [263, 152], calls: ["weather"] },
  // Its thoughts stand in the text, between <think> and </think>, and stay there.
  "stream-with-tools-3.sse": { reason: "stop", characters: 794, usage: [306, 188] },
  // It was asked not to think and does.
  "stream-without-thinking-1.sse": { reason: "stop", characters: 78, thought: 198, usage: [69, 71] },
};

describe.skipIf(!haveRecordings())("recorded answers of Ollama", () => {
  test.each(Object.entries(STREAMS))("%s is a whole answer, wherever it is cut", (file, expected) => {
    const bytes = loadStream(`prism-php/ollama/${file}`, "line");
    fc.assert(
      fc.property(cuts, (at) => {
        const { events, error } = readWire(ollama, recut(bytes, at));
        expect(error).toBeUndefined();
        expect(found(events)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test.each(Object.keys(STREAMS))("%s, cut off before its end, is truncated with what had arrived", (file) => {
    const bytes = loadStream(`prism-php/ollama/${file}`, "line");
    const whole = readWire(ollama, [bytes]).events;
    const { events, error } = readWire(ollama, [bytes.subarray(0, Math.floor(bytes.length / 2))]);
    expect(error).toMatchObject({ code: "truncated", retryable: true });
    expect(textOf(whole, "text-delta").startsWith(textOf(events, "text-delta"))).toBe(true);
  });

  test("calls have the same ids each time, and each its own", () => {
    const bytes = loadStream("prism-php/ollama/stream-with-tools-1.sse", "line");
    const ids = () =>
      readWire(ollama, [bytes]).events.flatMap((event) => (event.type === "tool-call" ? [event.callId] : []));
    expect(ids()).toEqual(["call_20250609T175855337823Z_0", "call_20250609T175857045402Z_1"]);
    expect(ids()).toEqual(ids());
  });
});

function found(events: readonly ChatEvent[]): Expected {
  const { parts, reason, usage } = summarise(events);
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part.name] : []));
  const thought = textOf(events, "reasoning-delta").length;
  return {
    reason: reason ?? "other",
    characters: textOf(events, "text-delta").length,
    ...(thought > 0 && { thought }),
    usage: [usage.inputTokens ?? -1, usage.outputTokens ?? -1],
    ...(calls.length > 0 && { calls }),
  };
}

function textOf(events: readonly ChatEvent[], type: "text-delta" | "reasoning-delta"): string {
  return events.flatMap((event) => (event.type === type ? [event.text] : [])).join("");
}
