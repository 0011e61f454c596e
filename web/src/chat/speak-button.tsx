import type { LiveAnswer } from "../conversation/live-answer.js";

/** Placeholder until the voice is there. */
export function SpeakButton(_: { answer: LiveAnswer }) {
  return null;
}
