import type { ChatEvent } from "../../stream/chat-event.js";
import { oneOf } from "../../stream/checks.js";
import { pcmMs } from "../audio/pcm.js";
import { estimatedMarks } from "../heard/heard-text.js";
import type { WordMark } from "../voices/voice.js";

/** How captions are written: WebVTT (https://www.w3.org/TR/webvtt1/) or SubRip. */
export type CaptionFormat = "vtt" | "srt";

/** The longest caption, in characters: two lines of 42. */
const LONGEST = 84;

interface Cue {
  text: string;
  startMs: number;
  endMs: number;
}

/**
 * Makes captions of a spoken stream, from the times of its words; where a voice gives none, from the length of its audio.
 * Its audio has to be samples (`audio/pcm`), whose length is known.
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { stream } from "sluice";
 * import { Captions, flite, speak } from "sluice/speech";
 *
 * const captions = new Captions();
 * const answer = stream("ollama/llama3.2", "Tell me a story.");
 * for await (const event of speak(answer, { voice: flite() })) captions.push(event);
 * await writeFile("answer.vtt", captions.text("vtt"));
 * ```
 */
export class Captions {
  readonly #cues: Cue[] = [];
  #audioMs = 0;
  #sentence: { text: string; startMs: number; words: WordMark[] } | undefined;

  /** Takes the next event of the spoken stream. */
  push(event: ChatEvent): void {
    if (event.type === "sentence") {
      this.#finish();
      this.#sentence = { text: event.text, startMs: this.#audioMs, words: [] };
    } else if (event.type === "audio-delta") {
      const { data, mediaType, sampleRate, words = [] } = event;
      if (mediaType === "audio/pcm" && sampleRate !== undefined) this.#audioMs += pcmMs(data.length, sampleRate);
      for (const word of words) this.#sentence?.words.push(word);
    } else if (event.type === "finish") this.#finish();
  }

  /**
   * The captions so far.
   *
   * @throws {SluiceError} `invalid-argument` for a format that it does not know.
   */
  text(format: CaptionFormat): string {
    oneOf("vtt", "srt")(format, "format");
    const blocks = this.#cues.map(({ text, startMs, endMs }, index) => {
      const times = `${timeOf(startMs, format)} --> ${timeOf(endMs, format)}`;
      return format === "srt" ? `${index + 1}\n${times}\n${text}\n` : `${times}\n${escaped(text)}\n`;
    });
    return format === "srt" ? blocks.join("\n") : ["WEBVTT\n", ...blocks].join("\n");
  }

  #finish(): void {
    const sentence = this.#sentence;
    this.#sentence = undefined;
    if (sentence === undefined) return;
    const { text, startMs } = sentence;
    const words = sentence.words.length > 0 ? sentence.words : estimatedMarks(text, this.#audioMs - startMs);
    let cue: Cue | undefined;
    for (const word of words) {
      const [from, to] = [startMs + word.startMs, startMs + word.endMs];
      if (cue === undefined || cue.text.length + 1 + word.text.length > LONGEST) {
        cue = { text: word.text, startMs: from, endMs: to };
        this.#cues.push(cue);
      } else {
        cue.text += ` ${word.text}`;
        cue.endMs = to;
      }
    }
  }
}

/** `00:00:01.500`, with a comma in SubRip. */
function timeOf(ms: number, format: CaptionFormat): string {
  const whole = Math.max(0, Math.round(ms));
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, "0");
  const time = `${part(whole / 3_600_000, 2)}:${part((whole / 60_000) % 60, 2)}:${part((whole / 1_000) % 60, 2)}`;
  return `${time}${format === "srt" ? "," : "."}${part(whole % 1_000, 3)}`;
}

/** In WebVTT these are markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
