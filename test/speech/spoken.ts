import { speak } from "../../src/speech/pipeline/speak.js";
import type { SpeechOptions } from "../../src/speech/pipeline/speech-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { collect } from "../support/collect.js";
import { TestVoice, type TestVoiceOptions, textOfSound } from "./test-voice.js";

export const START = { type: "start", id: "1", model: "test" } satisfies ChatEvent;
export const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

export const textDelta = (text: string): ChatEvent => ({ type: "text-delta", text });

/** An answer of these events; texts are deltas. */
export function answer(...events: (ChatEvent | string)[]): ChatStream {
  return ChatStream.from([
    START,
    ...events.map((event) => (typeof event === "string" ? textDelta(event) : event)),
    FINISH,
  ]);
}

/** What is heard of a stream's events, one text a sentence. */
export function heard(events: readonly ChatEvent[]): string[] {
  const sounds = new Map<number, Uint8Array[]>();
  for (const event of events) {
    if (event.type !== "audio-delta" || event.sentence === undefined) continue;
    sounds.set(event.sentence, [...(sounds.get(event.sentence) ?? []), event.data]);
  }
  return Array.from(sounds.values(), (pieces) => textOfSound(Buffer.concat(pieces)));
}

/** Speaks an answer with a voice for tests: its events, and what is heard. */
export async function spoken(stream: ChatStream, options: Partial<SpeechOptions> & { test?: TestVoiceOptions } = {}) {
  const { test, ...rest } = options;
  const voice = new TestVoice(test);
  const events = await collect(speak(stream, { voice, ...rest }));
  return { voice, events, heard: heard(events) };
}
