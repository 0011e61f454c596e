import { expect, test } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import { speechRoute } from "../../src/speech/serve/speech-route.js";
import type { Voice } from "../../src/speech/voices/voice.js";
import { collect } from "../support/collect.js";
import { answer } from "./spoken.js";

const PCM = { mediaType: "audio/pcm", sampleRate: 8_000 };

/** A voice as an application in plain JavaScript may write it. */
function ownVoice(synthesize: (text: string) => unknown, more: object = {}): Voice {
  const voice: object = { id: "mine", format: PCM, synthesize, ...more };
  return voice as Voice;
}

async function* bytes(...lengths: number[]) {
  for (const length of lengths) yield { data: new Uint8Array(length).fill(length) };
}

test("an id, a format and synthesize are enough for a voice", async () => {
  const events = await collect(speak(answer("One is here. ", "Two is here."), { voice: ownVoice(() => bytes(2)) }));
  expect(events.filter(({ type }) => type === "audio-delta")).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
});

test.each<[what: string, synthesize: () => unknown]>([
  ["a promise", async () => new Uint8Array(2)],
  ["undefined", () => [undefined]],
  ["text", () => [{ data: "aGk=" }]],
  ["a buffer that is no Uint8Array", () => [{ data: new ArrayBuffer(2) }]],
  ["words without times", () => [{ data: new Uint8Array(2), words: [{ text: "a", startMs: Number.NaN }] }]],
])("a voice that gives %s is named, with the sentence", async (_, synthesize) => {
  const spoken = collect(speak(answer("One."), { voice: ownVoice(synthesize) }));
  await expect(spoken).rejects.toMatchObject({
    code: "provider-error",
    field: "sentences[0]",
    message: expect.stringContaining("the voice mine makes no audio that can be read"),
  });
});

test.each<[field: string, more: object]>([
  ["voice.format.sampleRate", { format: { mediaType: "audio/pcm" } }],
  ["voice.concurrency", { concurrency: 0 }],
  ["voice.maxChars", { maxChars: Number.NaN }],
])("a voice with a wrong %s is refused before anything is spoken", (field, more) => {
  const voice = ownVoice(() => bytes(2), more);
  expect(() => speak(answer("One."), { voice })).toThrow(expect.objectContaining({ code: "invalid-argument", field }));
});

test("samples are served whole, also where a sentence ends within one", async () => {
  const route = speechRoute({ voiceFor: () => ownVoice(() => bytes(3, 4)) });
  const body = JSON.stringify({ model: "m", voice: "v", input: "One. Two.", response_format: "pcm" });
  const response = await route(new Request("http://test/v1/audio/speech", { method: "POST", body }));
  const sentence = [3, 3, 3, 4, 4, 4];
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([...sentence, ...sentence]);
});
