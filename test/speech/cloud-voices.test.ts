import { afterEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { wavHeader } from "../../src/speech/audio/wav.js";
import { azureVoice } from "../../src/speech/voices/cloud/azure-voice.js";
import { cartesiaVoice } from "../../src/speech/voices/cloud/cartesia-voice.js";
import { elevenLabsVoice } from "../../src/speech/voices/cloud/elevenlabs-voice.js";
import { googleVoice } from "../../src/speech/voices/cloud/google-voice.js";
import { openAiVoice } from "../../src/speech/voices/cloud/openai-voice.js";
import { xttsVoice } from "../../src/speech/voices/cloud/xtts-voice.js";
import type { AudioChunk, Voice } from "../../src/speech/voices/voice.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { countingPcm, serveVoice, type VoiceServer } from "./voice-server.js";

const PCM = countingPcm(3_000);
const servers: VoiceServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...behaviour: Parameters<typeof serveVoice>): Promise<VoiceServer> {
  const server = await serveVoice(...behaviour);
  servers.push(server);
  return server;
}

const audioOf = (chunks: readonly AudioChunk[]) => Buffer.concat(chunks.map(({ data }) => data));
const wordsOf = (chunks: readonly AudioChunk[]) => chunks.flatMap(({ words = [] }) => words);
const json = (body: Buffer): unknown => JSON.parse(body.toString());
const noRetry = { retries: 0 };

/** Each voice, and how its service answers well over HTTP. */
const overHttp: readonly [
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

/** What a service answers, whole. */
async function answerOf(
  answer: Parameters<typeof serveVoice>[0],
  request: Parameters<Parameters<typeof serveVoice>[0]>[0],
): Promise<{ headers: [string, string][]; body: Buffer }> {
  const server = await serve(answer);
  const { method, url, body } = request;
  const response = await fetch(`${server.url}${url}`, {
    method,
    ...(method === "POST" && { body: new Uint8Array(body) }),
  });
  const type = response.headers.get("content-type");
  return { headers: type === null ? [] : [["content-type", type]], body: Buffer.from(await response.arrayBuffer()) };
}

/** What was written on loopback has been read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

describe.each(overHttp)("the voice of %s", (_, make, good) => {
  it("gives the audio that the service sends, whole", async () => {
    const { url } = await serve(good);
    const voice = make(url);
    const chunks = await collect(voice.synthesize("Hi there"));
    expect(audioOf(chunks).equals(PCM)).toBe(true);
    expect(voice.format).toEqual({ mediaType: "audio/pcm", sampleRate: 24_000 });
  });

  it("says what the service refused", async () => {
    const { url } = await serve((_request, response) => {
      response.statusCode = 401;
      response.setHeader("content-type", "application/json").end('{"error":{"message":"Incorrect API key provided"}}');
    });
    const error = await failure(collect(make(url).synthesize("Hi")));
    expect(error).toMatchObject({ code: "authentication", status: 401, providerMessage: "Incorrect API key provided" });
    expect(error.model).toBeDefined();
  });

  it("says that the service asks to wait", async () => {
    const { url } = await serve((_request, response) => {
      response.statusCode = 429;
      response.setHeader("retry-after", "7").end("slow down");
    });
    const error = await failure(collect(make(url).synthesize("Hi")));
    expect(error).toMatchObject({ code: "rate-limited", retryable: true, retryAfterMs: 7_000 });
  });

  it("waits for a service that is slow, and no longer for one that has stalled", async () => {
    const clock = new ManualClock();
    const stalls = deferred();
    const { url } = await serve(async (request, response) => {
      const answer = await answerOf(good, request);
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      // Each piece comes 5 s after the one before: together they take longer than any one may.
      const size = Math.ceil(answer.body.length / 6);
      for (let at = 0; at < answer.body.length; at += size) {
        response.write(answer.body.subarray(at, at + size));
        await turns();
        clock.advance(5_000);
        if (request.body.includes("Stall")) return stalls.resolve();
      }
      response.end();
    });
    const voice = make(url, { clock, timeouts: { idleMs: 7_000 } });
    expect(audioOf(await collect(voice.synthesize("Hi there"))).equals(PCM)).toBe(true);
    const stalled = failure(collect(voice.synthesize("Stall")));
    await stalls.promise;
    clock.advance(7_000);
    expect(await stalled).toMatchObject({ code: "idle-timeout", retryable: true });
  });

  it("says that the audio was cut off", async () => {
    const { url } = await serve(async (request, response) => {
      if (request.url === "/studio_speakers") return good(request, response);
      response.setHeader("content-length", "100000");
      response.write("A".repeat(200), () => response.destroy());
    });
    expect((await failure(collect(make(url).synthesize("Hi")))).retryable).toBe(true);
  });

  it("leaves the service when it is told to, while that says nothing", async () => {
    const stop = new AbortController();
    const server = await serve((request, response) => {
      if (request.url === "/studio_speakers") return good(request, response);
      stop.abort("enough");
    });
    expect(await failure(collect(make(server.url).synthesize("Hi", { signal: stop.signal })))).toMatchObject({
      code: "cancelled",
    });
    await server.left;
  });

  it("says that it could not reach the service", async () => {
    const server = await serve(good);
    await server.close();
    expect(await failure(collect(make(server.url).synthesize("Hi")))).toMatchObject({
      code: "connect-failed",
      retryable: true,
    });
  });
});

describe("what the services are asked", () => {
  it("is what OpenAI's API describes", async () => {
    const server = await serve((_, response) => void response.end(PCM));
    const voice = openAiVoice({ baseUrl: server.url, apiKey: "k", voice: "nova", instructions: "Calm.", speed: 1.5 });
    await collect(voice.synthesize("Hi"));
    const [asked] = server.received;
    expect(asked).toMatchObject({ method: "POST", url: "/audio/speech", headers: { authorization: "Bearer k" } });
    expect(json(asked?.body ?? Buffer.alloc(0))).toEqual({
      model: "gpt-4o-mini-tts",
      voice: "nova",
      input: "Hi",
      response_format: "pcm",
      instructions: "Calm.",
      speed: 1.5,
    });
  });

  it("is SSML for Azure, with what XML does not allow written otherwise", async () => {
    const server = await serve((_, response) => void response.end(PCM));
    await collect(
      azureVoice({ baseUrl: server.url, apiKey: "k", voice: "de-DE-KatjaNeural", speed: 1.5 }).synthesize(
        "A <b> & \u0007'c'",
      ),
    );
    const [asked] = server.received;
    expect(asked?.headers).toMatchObject({
      "ocp-apim-subscription-key": "k",
      "content-type": "application/ssml+xml",
      "x-microsoft-outputformat": "raw-24khz-16bit-mono-pcm",
    });
    expect(asked?.body.toString()).toBe(
      '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="de-DE"><voice name="de-DE-KatjaNeural"><prosody rate="1.5">A &#60;b&#62; &#38;  &#39;c&#39;</prosody></voice></speak>',
    );
  });

  it("names the language of Google's voice", async () => {
    const server = await serve(
      (_, response) => void response.end(JSON.stringify({ audioContent: PCM.toString("base64") })),
    );
    await collect(
      googleVoice({ baseUrl: server.url, apiKey: "k", voice: "de-DE-Neural2-B", pitch: -2 }).synthesize("Hallo"),
    );
    expect(json(server.received[0]?.body ?? Buffer.alloc(0))).toEqual({
      input: { text: "Hallo" },
      voice: { languageCode: "de-DE", name: "de-DE-Neural2-B" },
      audioConfig: { audioEncoding: "LINEAR16", sampleRateHertz: 24_000, pitch: -2 },
    });
  });

  it("holds the reference clip for a voice that is cloned, once", async () => {
    const server = await serve(({ url }, response) => {
      if (url === "/clone_speaker") response.end(JSON.stringify({ speaker_embedding: [7], gpt_cond_latent: [[8]] }));
      else response.end(PCM);
    });
    const reference = Buffer.concat([wavHeader(24_000, 4), Buffer.from([1, 2, 3, 4])]);
    const voice = xttsVoice({ baseUrl: server.url, reference, language: "de" });
    await collect(voice.synthesize("Eins."));
    await collect(voice.synthesize("Zwei."));
    expect(server.received.map(({ url }) => url)).toEqual(["/clone_speaker", "/tts_stream", "/tts_stream"]);
    expect(server.received[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.received[0]?.body.includes(reference)).toBe(true);
    expect(json(server.received[1]?.body ?? Buffer.alloc(0))).toMatchObject({
      text: "Eins.",
      language: "de",
      speaker_embedding: [7],
    });
  });

  it("is refused for a speaker that XTTS does not have, with the nearest", async () => {
    const speaker = { speaker_embedding: [1], gpt_cond_latent: [[2]] };
    const { url } = await serve(
      (_, response) => void response.end(JSON.stringify({ "Claribel Dervla": speaker, "Ana Florence": speaker })),
    );
    const error = await failure(collect(xttsVoice({ baseUrl: url, voice: "Claribel Derva" }).synthesize("Hi")));
    expect(error).toMatchObject({ code: "invalid-argument", field: "voice" });
    expect(error.message).toContain("Claribel Dervla");
  });
});

describe("audio", () => {
  it("that comes as a WAV file where samples were asked for has its header read, wherever it is cut", async () => {
    const file = Buffer.concat([wavHeader(24_000, 0xffff_ffff), PCM]);
    for (const size of [1, 7, 44, 45, 10_000]) {
      const { url } = await serve(async (_, response) => {
        for (let at = 0; at < Math.min(file.length, size * 60); at += size) {
          response.write(file.subarray(at, at + size));
          if (size < 50) await new Promise(setImmediate);
        }
        response.end(file.subarray(Math.min(file.length, Math.ceil(60) * size)));
      });
      const chunks = await collect(openAiVoice({ baseUrl: url }).synthesize("Hi"));
      expect(audioOf(chunks).equals(PCM)).toBe(true);
    }
  });

  it("of another rate than was asked for is refused, not played too fast", async () => {
    const { url } = await serve(
      (_, response) => void response.end(Buffer.concat([wavHeader(16_000, PCM.length), PCM])),
    );
    const error = await failure(collect(openAiVoice({ baseUrl: url }).synthesize("Hi")));
    expect(error).toMatchObject({ code: "malformed-frame" });
    expect(error.message).toContain("16000 Hz");
  });

  it("in events that do not end with the last one was cut off", async () => {
    const { url } = await serve((_, response) => {
      const audio = PCM.toString("base64");
      response.end(`data: ${JSON.stringify({ type: "speech.audio.delta", audio })}\n\n`);
    });
    const error = await failure(collect(openAiVoice({ baseUrl: url, streamFormat: "sse" }).synthesize("Hi")));
    expect(error).toMatchObject({ code: "truncated", retryable: true });
  });

  it("that is an error with status 200 is one", async () => {
    const { url } = await serve((_, response) => {
      response
        .setHeader("content-type", "application/json")
        .end('{"error":{"message":"no such voice","type":"invalid_request_error"}}');
    });
    expect(await failure(collect(openAiVoice({ baseUrl: url }).synthesize("Hi")))).toMatchObject({
      providerMessage: "no such voice",
    });
  });

  it("of ElevenLabs has the times of its words, also of those in two pieces", async () => {
    const { url } = await serve(overHttp[2]?.[2] ?? (() => {}));
    const chunks = await collect(elevenLabsVoice({ baseUrl: url, apiKey: "k" }).synthesize("Hi there"));
    expect(wordsOf(chunks)).toEqual([
      { text: "Hi", startMs: 0, endMs: 200 },
      { text: "there", startMs: 300, endMs: 800 },
    ]);
  });
});

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

it("needs keys, and says where they are to be set", () => {
  const env = {};
  expect(() => openAiVoice({ env })).toThrow(
    expect.objectContaining({ code: "missing-key", message: expect.stringContaining("OPENAI_API_KEY") }),
  );
  expect(() => azureVoice({ env, apiKey: "k" })).toThrow(/AZURE_SPEECH_REGION/);
  expect(() => xttsVoice({ env })).toThrow(/COQUI_XTTS_URL/);
  expect(() => cartesiaVoice({ env })).toThrow(/CARTESIA_VOICE_ID/);
  expect(azureVoice({ env: { AZURE_SPEECH_KEY: "k", AZURE_SPEECH_REGION: "westeurope" } }).id).toBe(
    "azure/en-US-AvaMultilingualNeural",
  );
});
