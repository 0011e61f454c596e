import { effect, signal } from "@preact/signals";
import { SpeakableText } from "../../../src/speech/speakable/speakable-text.js";
import type { LiveAnswer } from "../conversation/live-answer.js";

/** How much of an answer is read out by itself, in characters: the rest is there to be read. */
const LONGEST = 2_000;

/** What a screen reader reads next. */
const announcement = signal("");

/** Tells of an answer once, when it is over: never while it arrives. Returns how to leave. */
export function announceAnswer(answer: LiveAnswer): () => void {
  let running = answer.state.peek() === "running";
  return effect(() => {
    const state = answer.state.value;
    if (running && state !== "running") announcement.value = saying(answer);
    running = state === "running";
  });
}

/** The region that screen readers listen to. */
export function Announcer() {
  return (
    <div class="sr-only" role="status" aria-live="polite">
      {announcement.value}
    </div>
  );
}

function saying(answer: LiveAnswer): string {
  const error = answer.error.peek();
  if (error !== undefined) return `The answer failed: ${error.message}`;
  if (answer.state.peek() === "stopped") return "The answer was stopped.";
  if (answer.view.requests.peek().some(({ response }) => response.peek() === undefined))
    return "The model asks for your answer.";
  const text = answer.view.text;
  const read = readAloud(text.slice(0, LONGEST));
  return text.length > LONGEST ? `Answer: ${read} … The rest stands in the conversation.` : `Answer: ${read}`;
}

/** Markdown as somebody would read it aloud. */
function readAloud(markdown: string): string {
  const speakable = new SpeakableText();
  return [speakable.next(markdown), speakable.end()].filter(Boolean).join(" ");
}
