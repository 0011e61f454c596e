import { effect, signal } from "@preact/signals";
import { SluiceError } from "../../../src/stream/error.js";
import type { LiveAnswer } from "../conversation/live-answer.js";
import { servedSound } from "./served-sound.js";
import type { SpeechPlayer } from "./speech-player.js";

/** What is spoken now. */
export interface Speaking {
  readonly answer: LiveAnswer;
  /** The sentence that is heard; empty before the first. */
  readonly caption: string;
}

/** What is spoken now; one thing at a time. */
export const speaking = signal<Speaking | undefined>(undefined);

/** Why nothing is heard. */
export const speechProblem = signal("");

const KEY = "sluice-speak";

/** Whether answers are spoken as they come. Kept in this browser. */
export const speaksAnswers = signal(localStorage.getItem(KEY) === "true");

let stopNow: (() => void) | undefined;

/** Speaks answers as they come from now on, or no more. */
export function setSpeaksAnswers(on: boolean): void {
  speaksAnswers.value = on;
  localStorage.setItem(KEY, String(on));
  if (!on) stopSpeaking();
}

/** Nothing is heard from now on. */
export function stopSpeaking(): void {
  stopNow?.();
  stopNow = undefined;
}

/** Speaks an answer: what has come, and what still comes. */
export async function speakAnswer(answer: LiveAnswer): Promise<void> {
  stopSpeaking();
  speechProblem.value = "";
  const [voice] = servedSound.value.voices;
  if (voice === undefined) return;
  speaking.value = { answer, caption: "" };
  let left = false;
  let follow: (() => void) | undefined;
  let player: SpeechPlayer | undefined;
  stopNow = () => {
    left = true;
    follow?.();
    player?.stop();
    speaking.value = undefined;
  };
  const { SpeechPlayer: Player } = await import("./speech-player.js");
  if (left) return;
  player = new Player(voice, {
    onSentence: (caption) => {
      speaking.value = { answer, caption };
    },
    onEnd: () => {
      follow?.();
      if (speaking.peek()?.answer === answer) speaking.value = undefined;
    },
    onError: (thrown) => {
      speechProblem.value = `Nothing is heard: ${SluiceError.from(thrown).message}`;
    },
  });
  follow = feed(answer, player);
}

/** Gives a player the text of an answer as it grows. */
function feed(answer: LiveAnswer, player: SpeechPlayer): () => void {
  let said = 0;
  let over = false;
  return effect(() => {
    const running = answer.state.value === "running";
    for (const part of answer.view.parts.value) if (part.kind === "text") void part.text.segments.value;
    const { text } = answer.view;
    if (text.length > said) player.push(text.slice(said));
    said = text.length;
    if (running || over) return;
    over = true;
    player.end();
  });
}
