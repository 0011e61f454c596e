import { onTestFinished } from "vitest";
import { wavHeader } from "../../src/speech/audio/wav.js";
import { azureVoice } from "../../src/speech/voices/cloud/azure-voice.js";
import { elevenLabsVoice } from "../../src/speech/voices/cloud/elevenlabs-voice.js";
import { googleVoice } from "../../src/speech/voices/cloud/google-voice.js";
import { openAiVoice } from "../../src/speech/voices/cloud/openai-voice.js";
import { xttsVoice } from "../../src/speech/voices/cloud/xtts-voice.js";
import type { AudioChunk, Voice } from "../../src/speech/voices/voice.js";
import type { ManualClock } from "../support/manual-clock.js";
import { countingPcm, serveVoice, type VoiceServer } from "./voice-server.js";

export const PCM = countingPcm(3_000);

/** A service for one test, closed when that is over. */
export async function serve(...behaviour: Parameters<typeof serveVoice>): Promise<VoiceServer> {
  const server = await serveVoice(...behaviour);
  onTestFinished(() => server.close());
  return server;
}

export const audioOf = (chunks: readonly AudioChunk[]) => Buffer.concat(chunks.map(({ data }) => data));
export const wordsOf = (chunks: readonly AudioChunk[]) => chunks.flatMap(({ words = [] }) => words);

const noRetry = { retries: 0 };

/** Each voice, and how its service answers well over HTTP. */
export const overHttp: readonly [
  name: string,
  make: (url: string, more?: { clock: ManualClock; timeouts: { idleMs: number } }) => Voice,
  good: Parameters<typeof serveVoice>[0],
][] = [
  [
    "openai",
    (baseUrl, more) => openAiVoice({ ...more, baseUrl, apiKey: "k", retry: noRetry }),
    (_, response) => void response.setHeader("content-type", "audio/pcm").end(PCM),
  ],
  [
    "openai, events",
    (baseUrl, more) => openAiVoice({ ...more, baseUrl, apiKey: "k", retry: noRetry, streamFormat: "sse" }),
    (_, response) => {
      response.setHeader("content-type", "text/event-stream");
      for (let at = 0; at < PCM.length; at += 1_001) {
        const audio = PCM.subarray(at, at + 1_001).toString("base64");
        response.write(`data: ${JSON.stringify({ type: "speech.audio.delta", audio })}\n\n`);
      }
      response.end(`data: ${JSON.stringify({ type: "speech.audio.done", usage: { total_tokens: 5 } })}\n\n`);
    },
  ],
  [
    "elevenlabs",
    (baseUrl, more) => elevenLabsVoice({ ...more, baseUrl, apiKey: "k", retry: noRetry }),
    (_, response) => {
      const line = (audio: Buffer, characters: string, from: number) => {
        const times = Array.from(characters, (_, index) => (from + index) / 10);
        const alignment = {
          characters: [...characters],
          character_start_times_seconds: times,
          character_end_times_seconds: times.map((time) => time + 0.1),
        };
        return `${JSON.stringify({ audio_base64: audio.toString("base64"), alignment })}\n`;
      };
      response.write(line(PCM.subarray(0, 3_000), "Hi th", 0));
      response.end(line(PCM.subarray(3_000), "ere", 5));
    },
  ],
  [
    "google",
    (baseUrl, more) => googleVoice({ ...more, baseUrl, apiKey: "k", retry: noRetry, voice: "de-DE-Neural2-B" }),
    (_, response) => {
      const audioContent = Buffer.concat([wavHeader(24_000, PCM.length), PCM]).toString("base64");
      response.setHeader("content-type", "application/json").end(JSON.stringify({ audioContent }));
    },
  ],
  [
    "azure",
    (baseUrl, more) => azureVoice({ ...more, baseUrl, apiKey: "k", retry: noRetry }),
    (_, response) => void response.setHeader("content-type", "audio/basic").end(PCM),
  ],
  [
    "xtts",
    (baseUrl, more) => xttsVoice({ ...more, baseUrl, retry: noRetry }),
    ({ url }, response) => {
      if (url === "/studio_speakers") {
        const speaker = { speaker_embedding: [1], gpt_cond_latent: [[2]] };
        response.setHeader("content-type", "application/json").end(JSON.stringify({ "Claribel Dervla": speaker }));
      } else response.setHeader("content-type", "audio/wav").end(PCM);
    },
  ],
];
