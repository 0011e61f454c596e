import { signal } from "@preact/signals";
import { looksComplete } from "../../../src/speech/listen/looks-complete.js";
import type { UtteranceEvent } from "../../../src/speech/listen/utterances.js";
import { messageOf } from "../../../src/stream/error.js";
import type { Microphone } from "./microphone.js";
import { pauseSpeaking, resumeSpeaking, speaking, speechProblem, stopSpeaking } from "./speaking.js";
import { transcribe } from "./transcribe.js";

/** How long somebody may pause whose words do not look complete, in ms. */
const BREATH_MS = 1_500;

/** How a spoken conversation is going. */
export type TalkState = "off" | "opening" | "listening" | "hearing" | "transcribing";

/** One page listens once. */
export const talkState = signal<TalkState>("off");

/** What a spoken conversation needs of the chat. */
export interface TalkPartner {
  transcriber: string;
  /** Sends the user's words and has the answer spoken. */
  send(text: string): void;
}

let end: (() => void) | undefined;

/** Listens and answers aloud until `endTalk`. Whoever speaks meanwhile is listened to: what is spoken pauses, and stops once words were heard. */
export async function beginTalk(partner: TalkPartner): Promise<void> {
  endTalk();
  speechProblem.value = "";
  talkState.value = "opening";
  const talk = new Talk(partner);
  end = () => talk.end();
  await talk.open();
}

/** The microphone is closed. What is spoken goes on. */
export function endTalk(): void {
  end?.();
  end = undefined;
}

/** Fewer words may be the user's own, although they stand in what is spoken: "yes", "the second one". */
const ECHO_WORDS = 4;

/** Whether the microphone heard what the page itself was saying, as it does where the browser cancels no echo. */
function isEcho(heard: string, spoken: string): boolean {
  const [own, other] = [heard, spoken].map(
    (text) =>
      ` ${
        text
          .toLowerCase()
          .match(/[\p{L}\p{N}]+/gu)
          ?.join(" ") ?? ""
      } `,
  );
  return own !== undefined && own.trim().split(" ").length >= ECHO_WORDS && other?.includes(own) === true;
}

class Talk {
  readonly #partner: TalkPartner;
  #microphone: Microphone | undefined;
  #over = false;
  /** Words of a turn that does not look complete yet. */
  #words = "";
  #breath: ReturnType<typeof setTimeout> | undefined;
  /** Recordings whose words are not known yet, and the last of them. */
  #pending = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(partner: TalkPartner) {
    this.#partner = partner;
  }

  async open(): Promise<void> {
    try {
      const { Microphone: Opened } = await import("./microphone.js");
      const microphone = await Opened.open({
        onUtterance: (event) => this.#hear(event),
        onError: (thrown) => this.#fail(thrown),
      });
      if (this.#over) microphone.close();
      else {
        this.#microphone = microphone;
        talkState.value = "listening";
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#breath);
    this.#microphone?.close();
    resumeSpeaking();
    talkState.value = "off";
  }

  #hear(event: UtteranceEvent): void {
    if (this.#over) return;
    if (event.type === "speech-start") {
      clearTimeout(this.#breath);
      pauseSpeaking();
      talkState.value = "hearing";
      return;
    }
    talkState.value = "transcribing";
    this.#pending++;
    const words = transcribe(new Uint8Array(event.pcm), this.#partner.transcriber);
    this.#last = this.#last.then(() => this.#takeWhen(words));
  }

  /** In the order in which they were spoken. */
  async #takeWhen(words: Promise<string>): Promise<void> {
    try {
      const heard = await words;
      this.#pending--;
      if (!this.#over) this.#take(isEcho(heard, speaking.peek()?.sentence ?? "") ? "" : heard);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #take(words: string): void {
    this.#words = [this.#words, words].filter((part) => part !== "").join(" ");
    // Somebody is speaking on: that is part of the same turn.
    if (talkState.value === "hearing" || this.#pending > 0) return;
    talkState.value = "listening";
    // A cough: what was spoken goes on.
    if (this.#words === "") resumeSpeaking();
    else if (looksComplete(this.#words)) this.#send();
    else this.#breath = setTimeout(() => this.#send(), BREATH_MS);
  }

  #send(): void {
    const words = this.#words;
    this.#words = "";
    stopSpeaking();
    this.#partner.send(words);
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    this.end();
    speechProblem.value = `Nothing is heard of you: ${messageOf(thrown)}`;
  }
}
