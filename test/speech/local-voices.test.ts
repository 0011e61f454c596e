import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { model } from "../../src/models/named-model.js";
import { wavHeader } from "../../src/speech/audio/wav.js";
import { googleVoice } from "../../src/speech/voices/cloud/google-voice.js";
import { modelVoice } from "../../src/speech/voices/model-voice.js";
import { voiceOf } from "../../src/speech/voices/voice-of-name.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { countingPcm, serveVoice, type VoiceServer } from "./voice-server.js";

const PCM = countingPcm(500);
const servers: VoiceServer[] = [];
const folder = mkdtempSync(join(tmpdir(), "sluice-account-"));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...behaviour: Parameters<typeof serveVoice>): Promise<VoiceServer> {
  const server = await serveVoice(...behaviour);
  servers.push(server);
  return server;
}

describe("a service account of Google", () => {
  it("signs for a token, once, and speaks with it", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const server = await serve(({ url }, response) => {
      response.setHeader("content-type", "application/json");
      if (url === "/token") response.end(JSON.stringify({ access_token: "t1", expires_in: 3_600 }));
      else
        response.end(
          JSON.stringify({ audioContent: Buffer.concat([wavHeader(24_000, PCM.length), PCM]).toString("base64") }),
        );
    });
    const file = join(mkdtempSync(join(tmpdir(), "sluice-account-")), "account.json");
    const account = {
      type: "service_account",
      client_email: "a@b.iam.gserviceaccount.com",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: `${server.url}/token`,
    };
    writeFileSync(file, JSON.stringify(account));
    const voice = googleVoice({ baseUrl: server.url, env: { GOOGLE_APPLICATION_CREDENTIALS: file } });
    for (const text of ["One.", "Two."]) {
      const chunks = await collect(voice.synthesize(text));
      expect(Buffer.concat(chunks.map(({ data }) => data)).equals(PCM)).toBe(true);
    }
    rmSync(join(file, ".."), { recursive: true });
    expect(server.received.map(({ url }) => url)).toEqual(["/token", "/v1/text:synthesize", "/v1/text:synthesize"]);
    expect(server.received[1]?.headers.authorization).toBe("Bearer t1");
    const form = new URLSearchParams(server.received[0]?.body.toString());
    const [header = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    expect(
      verify("RSA-SHA256", Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, "base64url")),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: account.client_email,
      aud: account.token_uri,
    });
  });

  it("says what is wrong with its file, and which of two it takes", async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, "none.json") };
    expect(await failure(collect(googleVoice({ env }).synthesize("Hi")))).toMatchObject({ code: "missing-key" });
    expect(voiceOf("auto", env).id).toBe("google/default");
    const server = await serve(
      (_, response) => void response.end(JSON.stringify({ audioContent: PCM.toString("base64") })),
    );
    await collect(googleVoice({ baseUrl: server.url, env: { ...env, GOOGLE_TTS_API_KEY: "k" } }).synthesize("Hi"));
    expect(server.received[0]?.headers["x-goog-api-key"]).toBe("k");
  });
});

describe("a model that speaks, as a voice", () => {
  it("is asked to read aloud, and gives its audio", async () => {
    const server = await serve((_, response) => {
      response.setHeader("content-type", "text/event-stream");
      const send = (delta: object, finish_reason: string | null = null) =>
        response.write(
          `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-audio", choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
        );
      send({ role: "assistant", audio: { id: "audio_1", transcript: "Hi" } });
      send({ audio: { id: "audio_1", data: PCM.subarray(0, 300).toString("base64") } });
      send({ audio: { id: "audio_1", data: PCM.subarray(300).toString("base64") } });
      send({}, "stop");
      response.end("data: [DONE]\n\n");
    });
    const spoken = model("openai/gpt-audio", { baseUrl: `${server.url}/v1`, apiKey: "k" });
    const voice = modelVoice(spoken, { voice: "nova" });
    const chunks = await collect(voice.synthesize("Hi there."));
    expect(Buffer.concat(chunks.map(({ data }) => data)).equals(PCM)).toBe(true);
    expect(voice.id).toBe("openai/gpt-audio/nova");
    expect(JSON.parse(server.received[0]?.body.toString() ?? "")).toMatchObject({
      modalities: ["text", "audio"],
      audio: { voice: "nova", format: "pcm16" },
      messages: [{ content: expect.stringContaining("word for word") }, { role: "user", content: "Hi there." }],
    });
  });

  it("refuses what is no model, and options that it does not know", () => {
    const misspelt: object = { vioce: "nova" };
    expect(() => modelVoice("openai/gpt-audio", misspelt)).toThrow(expect.objectContaining({ field: "vioce" }));
  });
});
