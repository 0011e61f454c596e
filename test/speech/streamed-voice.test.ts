import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { SpeechOptions } from "../../src/speech/pipeline/speech-options.js";
import { cartesiaVoice } from "../../src/speech/voices/cloud/cartesia-voice.js";
import { elevenLabsVoice } from "../../src/speech/voices/cloud/elevenlabs-voice.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { TestStreamingVoice, textOfSound } from "./test-voice.js";
import { serveVoice, type VoiceServer } from "./voice-server.js";

const servers: VoiceServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const START: ChatEvent = { type: "start", id: "1", model: "test" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

async function* textEvents(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<ChatEvent> {
  yield START;
  for await (const text of texts) yield { type: "text-delta", text };
  yield FINISH;
}

function spoken(texts: Iterable<string> | AsyncIterable<string>, options: SpeechOptions): ChatStream {
  return speak(ChatStream.from(textEvents(texts)), { minChunkLength: 0, ...options });
}

/** What each sentence's audio says, and what the events say of it. */
function sentencesOf(events: readonly ChatEvent[]): [text: string, audio: string][] {
  const found: [string, Uint8Array[]][] = [];
  for (const event of events) {
    if (event.type === "sentence") found.push([event.text, []]);
    if (event.type === "audio-delta") found.at(-1)?.[1].push(event.data);
  }
  return found.map(([text, data]) => [text, textOfSound(Buffer.concat(data))]);
}

describe("a voice that takes text as it streams", () => {
  it("speaks an answer over one connection, each sentence with its own audio, however the text is cut", async () => {
    const sentence = fc
      .array(fc.stringMatching(/^[a-z]{2,7}$/), { minLength: 1, maxLength: 6 })
      .map((words) => `Now ${words.join(" ")} end.`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (sentences, size) => {
          const text = sentences.join(" ");
          const voice = new TestStreamingVoice({ chunks: 2 });
          const events = await collect(
            spoken(text.match(new RegExp(`.{1,${size}}`, "g")) ?? [], { voice, sentenceBufferSize: 1 }),
          );
          expect(sentencesOf(events)).toEqual(sentences.map((one) => [one, one]));
          expect(voice.connections).toBe(1);
          expect(events.at(-1)).toEqual(FINISH);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("opens another connection after a pause that the service would not wait through", async () => {
    const clock = new ManualClock();
    const gate = deferred();
    const voice = new TestStreamingVoice();
    const texts = (async function* () {
      yield "One is here. Two";
      await gate.promise;
      yield " is here.";
    })();
    const all = collect(spoken(texts, { voice, clock, maxBufferTimeMs: 60_000, lookAheadMs: 60_000 }));
    await clock.timer(800);
    clock.advance(800);
    await new Promise(setImmediate);
    gate.resolve();
    expect(sentencesOf(await all)).toEqual([
      ["One is here.", "One is here."],
      ["Two is here.", "Two is here."],
    ]);
    expect(voice.connections).toBe(2);
    expect(clock.pending).toEqual([]);
  });

  it("is interrupted at once", async () => {
    const voice = new TestStreamingVoice();
    const texts = Array.from({ length: 50 }, (_, index) => `Sentence number ${index} is here. `);
    const stream = spoken(texts, { voice, lookAheadMs: 5_000 });
    for await (const event of stream) if (event.type === "audio-delta") break;
    // What was sent ahead is bounded by the audio that nobody heard.
    expect(voice.asked.length).toBeLessThan(12);
    await new Promise(setImmediate);
    expect(voice.active).toBe(0);
  });
});

/** A context of Cartesia: audio of 10 ms a character, at 24,000 Hz. */
function cartesia(behave: (count: number, socket: WebSocket) => "speak" | "nothing") {
  const asked: Record<string, unknown>[] = [];
  let flush = 1;
  let count = 0;
  return {
    asked,
    converse: (socket: WebSocket) => {
      socket.on("message", (data) => {
        const message = JSON.parse(String(data)) as Record<string, unknown>;
        asked.push(message);
        const { context_id, transcript, flush: flushed, continue: more, cancel } = message;
        const send = (event: object) => socket.send(JSON.stringify({ context_id, ...event }));
        if (cancel === true) return;
        if (flushed === true) return void send({ type: "flush_done", flush_done: true, flush_id: flush++ });
        if (more === false) return void send({ type: "done", done: true });
        if (behave(count++, socket) === "nothing") return;
        const audio = Buffer.alloc(String(transcript).trim().length * 480, flush);
        send({ type: "chunk", data: audio.toString("base64"), flush_id: flush });
      });
    },
  };
}

/** ElevenLabs: the same, with the times of characters. */
function elevenLabs(behave: (count: number, socket: WebSocket) => "speak" | "nothing") {
  const asked: Record<string, unknown>[] = [];
  let count = 0;
  return {
    asked,
    converse: (socket: WebSocket) => {
      socket.on("message", (data) => {
        const message = JSON.parse(String(data)) as Record<string, unknown>;
        asked.push(message);
        const text = String(message.text);
        if (text === " ") return;
        if (text === "") return void socket.send(JSON.stringify({ audio: null, isFinal: true }));
        if (behave(count++, socket) === "nothing") return;
        const chars = [...text.trim()];
        const alignment = {
          chars,
          charStartTimesMs: chars.map((_, index) => index * 10),
          charDurationsMs: chars.map(() => 10),
        };
        socket.send(JSON.stringify({ audio: Buffer.alloc(chars.length * 480, 1).toString("base64"), alignment }));
      });
    },
  };
}

const services = [
  [
    "Cartesia",
    cartesia,
    (baseUrl: string, clock?: ManualClock) =>
      cartesiaVoice({ baseUrl, apiKey: "k", voice: "v", ...(clock && { clock }) }),
  ],
  [
    "ElevenLabs",
    elevenLabs,
    (baseUrl: string, clock?: ManualClock) =>
      elevenLabsVoice({ baseUrl, apiKey: "k", voice: "v", ...(clock && { clock }) }),
  ],
] as const;
const TEXTS = ["One is here. Two is", " here, too. Three", " is the last."];

describe.each(services)("%s, with an answer that is being written", (_, service, make) => {
  async function serve(behave: (count: number, socket: WebSocket) => "speak" | "nothing") {
    const talk = service(behave);
    const server = await serveVoice(() => {}, talk.converse);
    servers.push(server);
    return { talk, url: server.url };
  }
  const lengths = (events: readonly ChatEvent[]) => {
    const found: number[] = [];
    for (const event of events) {
      if (event.type === "sentence") found.push(0);
      if (event.type === "audio-delta") found.push((found.pop() ?? 0) + event.data.length);
    }
    return found;
  };

  it("has each sentence's own audio, over one connection", async () => {
    const { url } = await serve(() => "speak");
    const events = await collect(spoken(TEXTS, { voice: make(url) }));
    const sentences = events.flatMap((event) => (event.type === "sentence" ? [event.text] : []));
    expect(sentences.join(" ")).toBe("One is here. Two is here, too. Three is the last.");
    expect(lengths(events)).toEqual(sentences.map((text) => text.length * 480));
  });

  it("is opened again when it is cut, with what was not heard, and says so", async () => {
    const { url } = await serve((count, socket) => {
      if (count !== 1) return "speak";
      socket.terminate();
      return "nothing";
    });
    const events = await collect(spoken(TEXTS, { voice: make(url) }));
    const names = events.flatMap((event) => (event.type === "data" ? [event.name] : []));
    expect(names).toContain("speech/retried");
    const sentences = events.flatMap((event) => (event.type === "sentence" ? [event.text] : []));
    expect(lengths(events)).toEqual(sentences.map((text) => text.length * 480));
    expect(sentences.join(" ")).toBe("One is here. Two is here, too. Three is the last.");
  });

  it("is not waited for for ever when it says nothing more", async () => {
    const clock = new ManualClock();
    const { url } = await serve((count) => (count === 0 ? "speak" : "nothing"));
    const failed = failure(collect(spoken(TEXTS, { voice: make(url, clock), retries: 0 })));
    await clock.timer(20_000);
    let over = false;
    void failed.then(() => {
      over = true;
    });
    while (!over) {
      await new Promise(setImmediate);
      if (clock.pending.includes(20_000)) clock.advance(20_000);
    }
    const error = await failed;
    // Cartesia has done the flush, so its silence is a sentence of which nothing was made.
    expect(["idle-timeout", "provider-error"]).toContain(error.code);
    expect(error.field).toMatch(/^sentences\[\d\]$/);
  });

  it("has no connection left after interruptions in a row", async () => {
    let open = 0;
    let opened = 0;
    const talk = service(() => "speak");
    const server = await serveVoice(
      () => {},
      (socket) => {
        open++;
        opened++;
        socket.on("close", () => open--);
        talk.converse(socket);
      },
    );
    servers.push(server);
    const voice = make(server.url);
    for (let count = 0; count < 8; count++) {
      for await (const event of spoken(TEXTS, { voice })) if (event.type === "audio-delta") break;
    }
    while (open > 0) await new Promise(setImmediate);
    expect(opened).toBe(8);
  });

  it("says that it was refused, for the first sentence", async () => {
    const server = await serveVoice(() => {});
    servers.push(server);
    const error = await failure(collect(spoken(TEXTS, { voice: make(server.url), retries: 0 })));
    expect(error).toMatchObject({ code: "connect-failed", field: "sentences[0]" });
  });

  it("keeps order when it is slow", async () => {
    const { url } = await serve(() => "speak");
    const texts = (async function* () {
      for (const text of TEXTS) {
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
        yield text;
      }
    })();
    const events = await collect(spoken(texts, { voice: make(url) }));
    expect(events.flatMap((event) => (event.type === "sentence" ? [event.index] : []))).toEqual(
      events.flatMap((event) => (event.type === "sentence" ? [event] : [])).map((_one, index) => index),
    );
  });
});
