import { describe, expect, it } from "vitest";
import { wavHeader } from "../../src/speech/audio/wav.js";
import { azureVoice } from "../../src/speech/voices/cloud/azure-voice.js";
import { elevenLabsVoice } from "../../src/speech/voices/cloud/elevenlabs-voice.js";
import { googleVoice } from "../../src/speech/voices/cloud/google-voice.js";
import { openAiVoice } from "../../src/speech/voices/cloud/openai-voice.js";
import { xttsVoice } from "../../src/speech/voices/cloud/xtts-voice.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { audioOf, overHttp, PCM, serve, wordsOf } from "./cloud-services.js";

const json = (body: Buffer): unknown => JSON.parse(body.toString());

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
