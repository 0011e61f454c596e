import type { FinishReason } from "../../stream/chat-event.js";

/** The words of the AI SDK that its versions 5 to 7 share. */
export function writeReason(reason: FinishReason): string {
  switch (reason) {
    case "stop":
    case "length":
    case "tool-calls":
    case "content-filter":
      return reason;
    case "refusal":
      return "content-filter";
    case "budget":
      return "length";
    case "input-required":
      return "tool-calls";
    case "pause":
    case "other":
      return "other";
    default:
      return reason satisfies never;
  }
}

const REASONS: readonly FinishReason[] = [
  "stop",
  "length",
  "tool-calls",
  "input-required",
  "content-filter",
  "refusal",
  "pause",
  "budget",
  "other",
];

/** The reason that a word means: one of Sluice's own is the exact one. */
export function readReason(word: unknown): FinishReason | undefined {
  return REASONS.find((reason) => reason === word) ?? (word === undefined ? undefined : "other");
}
