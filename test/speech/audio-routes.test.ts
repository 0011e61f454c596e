import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWav, wavHeader } from "../../src/speech/audio/wav.js";
import { speechRoute } from "../../src/speech/serve/speech-route.js";
import { transcriptionRoute } from "../../src/speech/serve/transcription-route.js";
import { SluiceError } from "../../src/stream/error.js";
import { TestVoice, textOfSound } from "./test-voice.js";

const voice = new TestVoice({ chunks: 2 });
const speech = speechRoute({
  voiceFor: (model, name) => {
    if (name === "nobody") throw new SluiceError("not-found", `${model} has no voice ${name}`);
    return name === "broken" ? new TestVoice({ fail: () => new SluiceError("overloaded", "too much") }) : voice;
  },
});
const transcriptions = transcriptionRoute({
  transcriberFor: () => ({ id: "test", transcribe: async (pcm, rate) => `${pcm.length} bytes at ${rate}` }),
});

let server: Server;
let client: OpenAI;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === "string") headers.set(name, value);
    const asked = new Request(`http://localhost${request.url}`, {
      method: "POST",
      headers,
      body: Buffer.concat(parts),
    });
    const answer = await (request.url === "/v1/audio/speech" ? speech(asked) : transcriptions(asked));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else Readable.fromWeb(answer.body as import("node:stream/web").ReadableStream).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "k", maxRetries: 0 });
});
afterAll(() => server.close());

describe("POST /v1/audio/speech, with OpenAI's client", () => {
  it("answers with a WAV file of all sentences", async () => {
    const answer = await client.audio.speech.create({
      model: "m",
      voice: "alloy",
      input: "Hello there. Bye.",
      response_format: "wav",
    });
    const wav = readWav(new Uint8Array(await answer.arrayBuffer()));
    expect(wav).toMatchObject({ sampleRate: 1_000, channels: 1, bitsPerSample: 16 });
    expect(textOfSound(wav?.data ?? new Uint8Array(0))).toBe("Hello there.Bye.");
  });

  it("answers with samples, and with events", async () => {
    const pcm = await client.audio.speech.create({
      model: "m",
      voice: "alloy",
      input: "Hi there.",
      response_format: "pcm",
    });
    expect(textOfSound(new Uint8Array(await pcm.arrayBuffer()))).toBe("Hi there.");
    const sse = await client.audio.speech.create({
      model: "m",
      voice: "alloy",
      input: "Hi there.",
      response_format: "pcm",
      stream_format: "sse",
    });
    const events = (await sse.text())
      .trim()
      .split("\n\n")
      .map((event) => JSON.parse(event.slice("data: ".length)));
    expect(events.map(({ type }) => type)).toEqual(["speech.audio.delta", "speech.audio.delta", "speech.audio.done"]);
    expect(textOfSound(Buffer.concat(events.slice(0, 2).map(({ audio }) => Buffer.from(audio, "base64"))))).toBe(
      "Hi there.",
    );
  });

  it("says what is wrong in the words of the API", async () => {
    const create = (voiceName: string, input: string, format: "wav" | "mp3" = "wav") =>
      client.audio.speech.create({ model: "m", voice: voiceName, input, response_format: format });
    await expect(create("nobody", "Hi")).rejects.toMatchObject({ status: 404 });
    await expect(create("broken", "Hi")).rejects.toMatchObject({ status: 503 });
    await expect(create("alloy", " ")).rejects.toMatchObject({ status: 400, param: "input" });
    await expect(create("alloy", "x".repeat(5_000))).rejects.toMatchObject({ status: 400, param: "input" });
    await expect(create("alloy", "Hi", "mp3")).rejects.toMatchObject({ status: 400, param: "response_format" });
  });

  it.each([
    { speed: "fast" },
    { speed: 1.5 },
    { instructions: 7 },
    { instructions: "Whisper." },
    { stream_format: "ndjson" },
    { response_format: 7 },
    { voice: 7 },
    { input: ["Hi"] },
  ])("refuses what it would not do: %j", async (wrong) => {
    const body = { model: "m", voice: "alloy", input: "Hi", ...wrong } as never;
    const field = Object.keys(wrong)[0];
    await expect(client.audio.speech.create(body)).rejects.toMatchObject({ status: 400, param: field });
    await client.audio.speech.create({ model: "m", voice: "alloy", input: "Hi", speed: 1, instructions: "" });
  });

  it("stops the synthesis when the client leaves", async () => {
    const long = new TestVoice({ chunks: 4 });
    const route = speechRoute({ voiceFor: () => long });
    const body = JSON.stringify({ model: "m", voice: "alloy", input: "One sentence. Two sentences. Three sentences." });
    const answer = await route(new Request("http://localhost/v1/audio/speech", { method: "POST", body }));
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    expect(long.asked).toEqual(["One sentence."]);
    expect(long.active).toBe(0);
  });
});

describe("POST /v1/audio/transcriptions, with OpenAI's client", () => {
  it("answers with the text of a file", async () => {
    const file = await toFile(Buffer.concat([wavHeader(16_000, 4), Buffer.alloc(4)]), "speech.wav");
    expect(await client.audio.transcriptions.create({ model: "m", file })).toEqual({ text: "4 bytes at 16000" });
    expect(await client.audio.transcriptions.create({ model: "m", file, response_format: "text" })).toBe(
      "4 bytes at 16000\n",
    );
  });

  it("refuses to stream what comes whole", async () => {
    const file = await toFile(Buffer.concat([wavHeader(16_000, 4), Buffer.alloc(4)]), "speech.wav");
    const asked = { model: "m", file, stream: true } as const;
    await expect(client.audio.transcriptions.create(asked)).rejects.toMatchObject({ status: 400, param: "stream" });
    expect(await client.audio.transcriptions.create({ model: "m", file, stream: false })).toMatchObject({});
  });

  it("refuses files that it cannot read", async () => {
    const file = await toFile(Buffer.from("no audio"), "speech.mp3");
    await expect(client.audio.transcriptions.create({ model: "m", file })).rejects.toMatchObject({
      status: 400,
      param: "file",
    });
  });
});
