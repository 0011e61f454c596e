import { expect } from "vitest";
import type { Dialect } from "../../src/dialects/dialect.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { readWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";

export type Wire = readonly (object | string)[];

/** What a stream says; expects it to be the same however its bytes are cut. Texts are written as they are. */
export function readAnyCut(dialect: Dialect, wire: Wire) {
  const end = dialect.framing === "sse" ? "\n\n" : "\n";
  const label = dialect.framing === "sse" ? "data: " : "";
  const text = wire.map((frame) => (typeof frame === "string" ? frame : `${label}${JSON.stringify(frame)}${end}`));
  const bytes = new TextEncoder().encode(text.join(""));
  const whole = readWire(dialect, [bytes]);
  const cut = readWire(
    dialect,
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
  );
  expect(outcomeOf(cut.events)).toEqual(outcomeOf(whole.events));
  expect(cut.error?.message).toBe(whole.error?.message);
  const { parts, reason } = summarise(whole.events);
  return { ...whole, parts, reason };
}

/** What the events come to, without the ids that are made here. */
function outcomeOf(events: readonly ChatEvent[]) {
  const { parts, reason, usage } = summarise(events);
  return { parts: parts.map((part) => ({ ...part, callId: "" })), reason, usage };
}

export const chunk = (delta: object, finish: unknown = null, more: object = {}) => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finish, ...more }],
});

export const calls = (...tool_calls: object[]) => chunk({ tool_calls });
export const DONE = "data: [DONE]\n\n";
export const call = (name: string, input: unknown) => expect.objectContaining({ name, input });

export const begun = {
  type: "message_start",
  message: { id: "a", model: "m", content: [], usage: { input_tokens: 1 } },
};
export const block = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
export const delta = (piece: object) => ({ type: "content_block_delta", index: 0, delta: piece });
export const ended = (stop_reason: unknown) => ({
  type: "message_delta",
  delta: { stop_reason },
  usage: { output_tokens: 2 },
});
export const STOP = { type: "message_stop" };

export const candidate = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, ...more }],
});
export const line = (message: object | null, more: object = {}) => ({ model: "m", message, done: false, ...more });
