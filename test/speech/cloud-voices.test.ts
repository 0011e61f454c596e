import { describe, expect, it } from "vitest";
import { azureVoice } from "../../src/speech/voices/cloud/azure-voice.js";
import { cartesiaVoice } from "../../src/speech/voices/cloud/cartesia-voice.js";
import { openAiVoice } from "../../src/speech/voices/cloud/openai-voice.js";
import { xttsVoice } from "../../src/speech/voices/cloud/xtts-voice.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { audioOf, overHttp, PCM, serve } from "./cloud-services.js";
import type { serveVoice } from "./voice-server.js";

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
