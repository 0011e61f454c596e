import type { Dialect, WriterContext } from "../../src/dialects/dialect.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";
import type { Usage } from "../../src/stream/usage.js";
import { readWire, writeWire } from "./dialect-laws.js";
import { summarise } from "./summary.js";

/** Something that an answer can say, as the events that say it. */
export interface Saying {
  what: string;
  events: ChatEvent[];
  reason?: FinishReason;
  usage?: Usage;
}

/** `all`: it is read as it was written; `some`: not all of it comes back; `none`: nothing does. */
export type Carried = "all" | "some" | "none";

const FOREIGN = { dialect: "another", data: { seal: "c2VhbA==" } };
const CALL = { callId: "call_1", name: "weather" } as const;
const IMAGE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What is put through every dialect. */
export const SAYINGS: readonly Saying[] = [
  { what: "text", events: [{ type: "text-delta", text: "Hello" }] },
  {
    what: "text in several blocks",
    events: [
      { type: "text-delta", text: "One", block: 0 },
      { type: "text-delta", text: "Two", block: 1 },
    ],
  },
  { what: "a refusal", events: [{ type: "text-delta", text: "I will not.", refusal: true }], reason: "refusal" },
  { what: "reasoning", events: [{ type: "reasoning-delta", text: "Hm." }] },
  {
    what: "reasoning with another provider's state",
    events: [{ type: "reasoning-delta", text: "Hm.", opaque: FOREIGN }],
  },
  { what: "a tool call", events: [{ type: "tool-call", ...CALL, input: { city: "Oslo" } }], reason: "tool-calls" },
  {
    what: "arguments as they come",
    events: [
      { type: "tool-input-delta", ...CALL, delta: '{"city":' },
      { type: "tool-input-delta", ...CALL, delta: '"Oslo"}' },
      { type: "tool-call", ...CALL, input: { city: "Oslo" } },
    ],
    reason: "tool-calls",
  },
  {
    what: "two tool calls at once",
    events: [
      { type: "tool-call", ...CALL, input: { city: "Oslo" } },
      { type: "tool-call", callId: "call_2", name: "time", input: {} },
    ],
    reason: "tool-calls",
  },
  {
    what: "arguments that are not JSON",
    events: [{ type: "tool-call", ...CALL, input: '{"city', invalid: true }],
    reason: "tool-calls",
  },
  {
    what: "a tool call with another provider's state",
    events: [{ type: "tool-call", ...CALL, input: {}, opaque: FOREIGN }],
    reason: "tool-calls",
  },
  {
    what: "a tool that the provider ran, and its result",
    events: [
      { type: "tool-call", callId: "srv_1", name: "search", input: { q: "x" }, providerExecuted: true },
      { type: "tool-result", callId: "srv_1", name: "search", output: "found", providerExecuted: true },
    ],
  },
  {
    what: "a web page as a source",
    events: [
      { type: "text-delta", text: "Hello" },
      { type: "source", source: { kind: "url", url: "https://example.com", title: "A page" } },
    ],
  },
  {
    what: "the span and the quote of a source",
    events: [
      { type: "text-delta", text: "Hello" },
      {
        type: "source",
        source: { kind: "url", url: "https://e.com", title: "A page", quote: "Hi", span: { start: 0, end: 5 } },
      },
    ],
  },
  {
    what: "a document as a source",
    events: [
      { type: "text-delta", text: "Hello" },
      { type: "source", source: { kind: "document", title: "A file", filename: "a.pdf", id: "file_1" } },
    ],
  },
  { what: "an image", events: [{ type: "file", mediaType: "image/png", data: IMAGE }] },
  { what: "a sound", events: [{ type: "file", mediaType: "audio/wav", data: IMAGE }] },
  {
    what: "other content of another provider's",
    events: [
      { type: "text-delta", text: "Hello" },
      { type: "data", name: "provider/compaction", value: FOREIGN.data, opaque: FOREIGN },
    ],
  },
  {
    what: "sound that the model speaks, as it comes",
    events: [
      { type: "audio-delta", data: IMAGE.subarray(0, 4), mediaType: "audio/pcm", sampleRate: 24_000 },
      { type: "text-delta", text: "Hello" },
      { type: "audio-delta", data: IMAGE.subarray(4), mediaType: "audio/pcm", sampleRate: 24_000 },
    ],
  },
  {
    what: "sentences, and the sound of a voice that reads them",
    events: [
      { type: "text-delta", text: "Hello." },
      { type: "sentence", index: 0, text: "Hello.", start: 0, end: 6 },
      { type: "audio-delta", data: IMAGE, mediaType: "audio/mpeg", sentence: 0 },
    ],
  },
  {
    what: "a stream inside (`nested`)",
    events: [
      { type: "nested", from: "inner", event: { type: "start", id: "inner-1", model: "m" } },
      { type: "nested", from: "inner", event: { type: "text-delta", text: "Hm" } },
      { type: "nested", from: "inner", event: { type: "finish", reason: "stop", usage: {} } },
    ],
  },
  {
    what: "a request for input: an approval",
    events: [
      { type: "tool-call", ...CALL, input: {} },
      { type: "input-request", id: "ask_1", kind: "approval", ...CALL, input: {} },
    ],
    reason: "input-required",
  },
  {
    what: "a request for input: a question",
    events: [{ type: "input-request", id: "ask_1", kind: "question", message: "Which?", schema: { type: "object" } }],
    reason: "input-required",
  },
  {
    what: "the steps of a tool loop, and results of tools that ran here",
    events: [
      { type: "step-start", step: 0, model: "model-1" },
      { type: "tool-call", ...CALL, input: {} },
      { type: "tool-result", ...CALL, output: "rain" },
      { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
      { type: "step-start", step: 1, model: "model-1" },
      { type: "text-delta", text: "It rains." },
      { type: "step-finish", step: 1, reason: "stop", usage: {} },
    ],
  },
  { what: "data of an application", events: [{ type: "data", name: "app/score", value: { points: 3 } }] },
  { what: "input and output tokens", events: [], usage: { inputTokens: 9, outputTokens: 4 } },
  {
    what: "cached tokens",
    events: [],
    usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 3, cacheWriteTokens: 2 },
  },
  { what: "reasoning tokens", events: [], usage: { inputTokens: 9, outputTokens: 4, reasoningTokens: 2 } },
  ...(["stop", "length", "content-filter", "pause", "budget", "other"] as const).map(
    (reason): Saying => ({ what: `the finish reason \`${reason}\``, events: [], reason }),
  ),
];

/** What of a saying comes back when a dialect's reader reads what its writer wrote. */
export function carriedBy(dialect: Dialect, saying: Saying, context: WriterContext): Carried {
  const said = answer(saying);
  const { events, error } = readWire(dialect, [writeWire(dialect, said, context)]);
  if (error !== undefined) return "none";
  const before = facts(said, saying);
  const after = facts(events, saying);
  if (JSON.stringify(after) === JSON.stringify(before)) return "all";
  return JSON.stringify(after) === JSON.stringify(facts(answer({ what: "", events: [] }), saying)) ? "none" : "some";
}

function answer({ events, reason = "stop", usage = {} }: Saying): ChatEvent[] {
  return [{ type: "start", id: "answer-1", model: "model-1" }, ...events, { type: "finish", reason, usage }];
}

/** What a saying is about, taken from an answer. */
function facts(events: readonly ChatEvent[], { events: about, reason, usage }: Saying): unknown {
  const summary = summarise(events);
  if (usage !== undefined)
    return Object.fromEntries(Object.keys(usage).map((key) => [key, Reflect.get(summary.usage, key)]));
  if (about.length === 0) return { reason: summary.reason };
  const streamed = about.some((event) => event.type === "tool-input-delta");
  const pieces = events.filter((event) => event.type === "tool-input-delta").length;
  const parts = summary.parts.map((part) => sorted(part));
  const apart = about.filter(isApart).length > 0 ? events.filter(isApart).map(sorted) : [];
  return {
    parts,
    ...(apart.length > 0 && { apart }),
    ...(streamed && { pieces }),
    ...(reason === "refusal" && { reason: summary.reason }),
  };
}

/** Whether an event is in no message, and in none of the table's other rows. */
function isApart(event: ChatEvent): boolean {
  if (event.type === "data") return event.name.startsWith("app/");
  if (event.type === "audio-delta") return event.sentence !== undefined;
  return ["sentence", "nested", "step-start"].includes(event.type);
}

/** A part with its fields in one order, so that two are equal as text. */
function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
