import { expect } from "vitest";
import type { Dialect } from "../../src/dialects/dialect.js";
import { readWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";

/** What a stream of these frames says. */
export function readFrames(dialect: Dialect, frames: readonly (object | string)[]) {
  const texts = frames.map((frame) => (typeof frame === "string" ? frame : JSON.stringify(frame)));
  const wire = texts.map((text) => (dialect.framing === "sse" ? `data: ${text}\n\n` : `${text}\n`)).join("");
  const { events, error } = readWire(dialect, [new TextEncoder().encode(wire)]);
  return { events, error, ...summarise(events) };
}

/** A chunk of a chat completion with one choice. */
export const chat = (choice: object, more: object = {}) => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, ...choice }],
  ...more,
});
export const calls = (...tool_calls: object[]) => chat({ delta: { tool_calls } });
export const say = (content: string, more: object = {}) => chat({ delta: { content }, ...more });
export const CALLED = chat({ delta: {}, finish_reason: "tool_calls" });
export const STOPPED = chat({ delta: {}, finish_reason: "stop" });

/** A call that was read. */
export const call = (callId: unknown, name: string, input: unknown) => expect.objectContaining({ callId, name, input });
