import { expect, test } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import { speechRoute } from "../../src/speech/serve/speech-route.js";
import type { StreamingVoice } from "../../src/speech/voices/streaming-voice.js";
import type { Voice } from "../../src/speech/voices/voice.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
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
  ["voice.idleMs", { idleMs: 0 }],
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

const never = () => new Promise<never>(() => {});

test("a voice that makes nothing more, and does not listen to its signal, is given up and asked again", async () => {
  const clock = new ManualClock();
  let asked = 0;
  async function* synthesize() {
    if (++asked === 1) await never();
    yield* bytes(2);
  }
  const events = collect(speak(answer("One."), { voice: ownVoice(synthesize), clock }));
  await clock.timer(120_000);
  clock.advance(120_000);
  const all = await events;
  expect(all.find(({ type }) => type === "data")).toMatchObject({
    name: "speech/retried",
    value: { attempt: 1, error: { code: "idle-timeout", message: "mine made no audio within 120000 ms" } },
  });
  expect(all.filter(({ type }) => type === "audio-delta")).toHaveLength(1);
  expect(clock.pending).toEqual([]);
});

test("a voice is stopped when it is given up; how long it may be silent is its own to say", async () => {
  const clock = new ManualClock();
  const signals: (AbortSignal | undefined)[] = [];
  async function* synthesize(_: string, { signal }: { signal?: AbortSignal } = {}) {
    signals.push(signal);
    await never();
    yield* bytes(2);
  }
  const voice = ownVoice(synthesize as (text: string) => unknown, { idleMs: 500 });
  const failed = failure(collect(speak(answer("One."), { voice, clock, retries: 0 })));
  await clock.timer(500);
  clock.advance(500);
  expect(await failed).toMatchObject({ code: "idle-timeout", field: "sentences[0]" });
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
});

test("a voice over one connection that makes nothing of its text is given up, too", async () => {
  const clock = new ManualClock();
  let connections = 0;
  const synthesizeStream: StreamingVoice["synthesizeStream"] = async function* () {
    connections++;
    yield await never();
  };
  const voice = ownVoice(() => bytes(2), { synthesizeStream, idleMs: 500 });
  const failed = failure(collect(speak(answer("One."), { voice, clock })));
  await clock.timer(500);
  clock.advance(500);
  await clock.timer(500);
  clock.advance(500);
  expect(await failed).toMatchObject({ code: "idle-timeout", field: "sentences[0]" });
  expect(connections).toBe(2);
  expect(clock.pending).toEqual([]);
});
