import type { FinishReason } from "./chat-event.js";

/** All finish reasons; the compiler holds it to the union. */
const REASONS = {
  stop: true,
  length: true,
  "tool-calls": true,
  "input-required": true,
  "content-filter": true,
  refusal: true,
  pause: true,
  budget: true,
  other: true,
} satisfies Record<FinishReason, true>;

/** Their names. */
export const FINISH_REASONS: readonly string[] = Object.keys(REASONS);

/** Whether a value is a finish reason. */
export function isFinishReason(value: unknown): value is FinishReason {
  return typeof value === "string" && Object.hasOwn(REASONS, value);
}
