import { computed, effect, signal } from "@preact/signals";
import { SluiceError } from "../../../src/stream/error.js";
import type { LiveAnswer } from "../conversation/live-answer.js";
import { keptText } from "../store/kept-text.js";
import { servedSound } from "./served-sound.js";
import type { SpeechPlayer } from "./speech-player.js";

/** What is spoken now. */
export interface Speaking {
  readonly answer: LiveAnswer;
  /** The sentence that is heard; empty before the first. */
  readonly sentence: string;
  /** How much of it was heard, in UTF-16 code units. */
  readonly heard: number;
}

/** What is spoken now; one thing at a time. */
export const speaking = signal<Speaking | undefined>(undefined);

/** Why nothing is heard. */
export const speechProblem = signal("");

const kept = keptText("sluice-speak");

/** Whether answers are spoken as they come. Kept in this browser. */
export const speaksAnswers = computed(() => kept.text.value === "true");

let stopNow: (() => void) | undefined;
let playing: SpeechPlayer | undefined;

/** Speaks answers as they come from now on, or no more. */
export function setSpeaksAnswers(on: boolean): void {
  kept.keep(on ? "true" : "");
  if (!on) stopSpeaking();
}

/** Nothing is heard from now on. */
export function stopSpeaking(): void {
  stopNow?.();
  stopNow = undefined;
}

/** Silence while somebody else speaks; `resumeSpeaking` goes on from there. */
export function pauseSpeaking(): void {
  playing?.pause();
}

export function resumeSpeaking(): void {
  playing?.resume();
}

/** Speaks an answer: what has come, and what still comes. */
export async function speakAnswer(answer: LiveAnswer): Promise<void> {
  stopSpeaking();
  speechProblem.value = "";
  const [voice] = servedSound.value.voices;
  if (voice === undefined) return;
  speaking.value = { answer, sentence: "", heard: 0 };
  let left = false;
  let follow: (() => void) | undefined;
  playing = undefined;
  stopNow = () => {
    left = true;
    follow?.();
    playing?.stop();
    playing = undefined;
    speaking.value = undefined;
  };
  const { SpeechPlayer: Player } = await import("./speech-player.js");
  if (left) return;
  const player = new Player(voice, {
    onWord: (sentence, heard) => {
      speaking.value = { answer, sentence, heard };
    },
    onEnd: () => {
      follow?.();
      if (speaking.peek()?.answer === answer) speaking.value = undefined;
    },
    onError: (thrown) => {
      speechProblem.value = `Nothing is heard: ${SluiceError.from(thrown).message}`;
    },
  });
  playing = player;
  follow = feed(answer, player);
}

/** Gives a player the text of an answer as it grows. */
function feed(answer: LiveAnswer, player: SpeechPlayer): () => void {
  let fed = 0;
  let over = false;
  return effect(() => {
    const running = answer.state.value === "running";
    for (const part of answer.view.parts.value) if (part.kind === "text") void part.text.segments.value;
    const { text } = answer.view;
    if (text.length > fed) player.push(text.slice(fed));
    fed = text.length;
    if (running || over) return;
    over = true;
    player.end();
  });
}
