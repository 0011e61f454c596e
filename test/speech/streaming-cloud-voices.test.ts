import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { cartesiaVoice } from "../../src/speech/voices/cloud/cartesia-voice.js";
import { elevenLabsVoice } from "../../src/speech/voices/cloud/elevenlabs-voice.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { audioOf, PCM, serve, wordsOf } from "./cloud-services.js";

type Messages = Record<string, unknown>[];

/** A WebSocket service that collects what it is sent and answers each message. */
function conversation(answer: (message: Record<string, unknown>, socket: WebSocket, all: Messages) => void) {
  const all: Messages = [];
  let closed = () => {};
  const over = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const urls: string[] = [];
  return {
    all,
    over,
    urls,
    converse: (socket: WebSocket, request: { url?: string | undefined }) => {
      urls.push(request.url ?? "");
      socket.on("close", closed);
      socket.on("message", (data) => {
        const message = JSON.parse(String(data)) as Record<string, unknown>;
        all.push(message);
        answer(message, socket, all);
      });
    },
  };
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

describe("ElevenLabs over a WebSocket", () => {
  const audio = (audio: Buffer, chars: string) => ({
    audio: audio.toString("base64"),
    alignment: {
      chars: [...chars],
      charStartTimesMs: Array.from(chars, (_, index) => index * 10),
      charDurationsMs: Array.from(chars, () => 10),
    },
  });

  it("sends text as it streams, and tells the audio of one piece from the next by its characters", async () => {
    const talk = conversation((message, socket) => {
      if (message.text === "Hi there. ") socket.send(JSON.stringify(audio(PCM.subarray(0, 1_440), "Hi t")));
      if (message.text !== "") return;
      // The first piece ends within this message: five characters of 10 ms, and a blank.
      socket.send(JSON.stringify(audio(PCM.subarray(1_440), "here. Bye.")));
      socket.send(JSON.stringify({ audio: null, isFinal: true }));
    });
    const { url } = await serve(() => {}, talk.converse);
    const voice = elevenLabsVoice({ baseUrl: url, apiKey: "k", voice: "v", transportKind: "websocket" });
    const chunks = await collect(voice.synthesizeStream(pieces("Hi there.", "Bye.")));
    expect(audioOf(chunks).equals(PCM)).toBe(true);
    expect(audioOf(chunks.filter(({ piece }) => piece === 0))).toHaveLength(1_440 + 60 * 48);
    expect(chunks.filter(({ last }) => last).map(({ piece }) => piece)).toEqual([0, 1]);
    expect(chunks.flatMap(({ piece, words = [] }) => words.map((word) => ({ piece, ...word })))).toEqual([
      { piece: 0, text: "Hi", startMs: 0, endMs: 20 },
      // Its first letter came with the message before, which has 30 ms of audio.
      { piece: 0, text: "there.", startMs: 30, endMs: 80 },
      { piece: 1, text: "Bye.", startMs: 0, endMs: 40 },
    ]);
    expect(talk.all.map(({ text }) => text)).toEqual([" ", "Hi there. ", "Bye. ", ""]);
    expect(talk.urls[0]).toBe(
      "/v1/text-to-speech/v/stream-input?model_id=eleven_flash_v2_5&output_format=pcm_24000&auto_mode=true&sync_alignment=true",
    );
  });

  it("says what the service says", async () => {
    const talk = conversation((_, socket) =>
      socket.send(JSON.stringify({ error: "quota_exceeded", message: "no credits", code: 1008 })),
    );
    const { url } = await serve(() => {}, talk.converse);
    const voice = elevenLabsVoice({ baseUrl: url, apiKey: "k", transportKind: "websocket" });
    expect(await failure(collect(voice.synthesize("Hi")))).toMatchObject({
      code: "quota",
      providerMessage: "no credits",
    });
  });

  it("fails with what its text fails with, and closes", async () => {
    const talk = conversation(() => {});
    const { url } = await serve(() => {}, talk.converse);
    const voice = elevenLabsVoice({ baseUrl: url, apiKey: "k" });
    const text = (async function* () {
      yield "Hi ";
      throw new Error("the text broke");
    })();
    await expect(collect(voice.synthesizeStream(text))).rejects.toThrow("the text broke");
    await talk.over;
  });
});

describe("Cartesia", () => {
  it("makes a context of each text, and gives audio and the times of words", async () => {
    const talk = conversation(({ context_id }, socket) => {
      const send = (message: object) => socket.send(JSON.stringify({ context_id, ...message }));
      socket.send(JSON.stringify({ type: "chunk", context_id: "another", data: "AAAA" }));
      send({ type: "chunk", data: PCM.subarray(0, 2_000).toString("base64") });
      send({ type: "timestamps", word_timestamps: { words: ["Hi", "there."], start: [0, 0.3], end: [0.2, 0.8] } });
      send({ type: "chunk", data: PCM.subarray(2_000).toString("base64") });
      send({ type: "done", done: true });
    });
    const { url } = await serve(() => {}, talk.converse);
    const voice = cartesiaVoice({ baseUrl: url, apiKey: "k", voice: "v" });
    const chunks = await collect(voice.synthesize("Hi there."));
    expect(audioOf(chunks).equals(PCM)).toBe(true);
    expect(wordsOf(chunks)).toEqual([
      { text: "Hi", startMs: 0, endMs: 200 },
      { text: "there.", startMs: 300, endMs: 800 },
    ]);
    expect(talk.all).toMatchObject([
      {
        transcript: "Hi there.",
        continue: false,
        voice: { mode: "id", id: "v" },
        output_format: { encoding: "pcm_s16le" },
      },
    ]);
  });

  it("goes on with the context while text streams, and tells pieces by their flushes", async () => {
    let flush = 1;
    const talk = conversation(({ context_id, transcript, flush: flushed, continue: more }, socket) => {
      const send = (message: object) => socket.send(JSON.stringify({ context_id, ...message }));
      if (flushed === true) send({ type: "flush_done", flush_done: true, flush_id: flush++ });
      else if (more === false) send({ type: "done", done: true });
      else {
        send({ type: "chunk", data: PCM.subarray(0, 4_800).toString("base64"), flush_id: flush });
        const start = (flush - 1) * 0.1;
        send({
          type: "timestamps",
          word_timestamps: { words: [transcript], start: [start], end: [start + 0.05] },
          flush_id: flush,
        });
      }
    });
    const { url } = await serve(() => {}, talk.converse);
    const voice = cartesiaVoice({ baseUrl: url, apiKey: "k", voice: "v" });
    const chunks = await collect(voice.synthesizeStream(pieces("Hi there.", "Bye.")));
    expect(
      talk.all.map(({ transcript, continue: more, flush: flushed = false }) => [transcript, more, flushed]),
    ).toEqual([
      ["Hi there. ", true, false],
      ["", true, true],
      ["Bye. ", true, false],
      ["", true, true],
      ["", false, false],
    ]);
    expect(new Set(talk.all.map(({ context_id }) => context_id)).size).toBe(1);
    expect(chunks.map(({ piece, data, words, last }) => [piece, data.length, words?.[0]?.startMs, last])).toEqual([
      [0, 4_800, undefined, undefined],
      [0, 0, 0, undefined],
      [0, 0, undefined, true],
      [1, 4_800, undefined, undefined],
      [1, 0, 0, undefined],
      [1, 0, undefined, true],
    ]);
  });

  it("is told when nobody wants the rest", async () => {
    const talk = conversation(({ context_id, cancel }, socket) => {
      if (cancel === undefined) socket.send(JSON.stringify({ type: "chunk", data: "AAAA", context_id }));
    });
    const { url } = await serve(() => {}, talk.converse);
    for await (const _ of cartesiaVoice({ baseUrl: url, apiKey: "k", voice: "v" }).synthesize("Hi there.")) break;
    await talk.over;
    expect(talk.all.at(-1)).toMatchObject({ cancel: true });
  });

  it("says what the service says, and that it has closed", async () => {
    const refused = conversation(({ context_id }, socket) =>
      socket.send(JSON.stringify({ type: "error", context_id, status_code: 402, message: "payment required" })),
    );
    const cut = conversation((_, socket) => socket.terminate());
    const [a, b] = [await serve(() => {}, refused.converse), await serve(() => {}, cut.converse)];
    const voice = (baseUrl: string) => cartesiaVoice({ baseUrl, apiKey: "k", voice: "v" });
    expect(await failure(collect(voice(a.url).synthesize("Hi")))).toMatchObject({
      code: "quota",
      providerMessage: "payment required",
    });
    expect(await failure(collect(voice(b.url).synthesize("Hi")))).toMatchObject({ code: "truncated", retryable: true });
  });

  it("does not wait for ever for a service that says nothing, and leaves when it is told to", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const silent = conversation(() => {});
    const { url } = await serve(() => {}, silent.converse);
    const voice = cartesiaVoice({ baseUrl: url, apiKey: "k", voice: "v", clock });
    const waiting = failure(collect(voice.synthesize("Hi")));
    await clock.timer(20_000);
    clock.advance(20_000);
    expect(await waiting).toMatchObject({ code: "idle-timeout", retryable: true });
    const leaving = failure(collect(voice.synthesize("Hi", { signal: stop.signal })));
    await clock.timer(20_000);
    stop.abort();
    expect(await leaving).toMatchObject({ code: "cancelled" });
    await silent.over;
  });

  it("says that the service refused the connection", async () => {
    const { url } = await serve(() => {});
    expect(
      await failure(collect(cartesiaVoice({ baseUrl: url, apiKey: "k", voice: "v" }).synthesize("Hi"))),
    ).toMatchObject({
      code: "connect-failed",
    });
  });
});
