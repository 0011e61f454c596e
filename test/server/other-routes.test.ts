import { GoogleGenAI } from "@google/genai";
import { Ollama } from "ollama";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { EmbeddingModel } from "../../src/models/embeddings/embedding-model.js";
import { scripted } from "../../src/models/scripted.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { RunLogEntry } from "../../src/server/request-log.js";
import { wavHeader } from "../../src/speech/audio/wav.js";
import { TestVoice, textOfSound } from "../speech/test-voice.js";
import { type Serving, serve } from "./serve.js";

const lengths: EmbeddingModel = {
  id: "test/lengths",
  maxTexts: 2,
  embedTexts: async (texts, { dimensions = 2 }) => ({
    vectors: texts.map((text) => Array.from({ length: dimensions }, (_, index) => text.length / (index + 1))),
    usage: { inputTokens: texts.length },
  }),
};
const summariser = scripted([["They greeted."], ["Go on."]], { id: "test/summariser" });
const [key, other] = [createApiKey(), createApiKey()];
const booked: RunLogEntry[] = [];
let serving: Serving;
let client: OpenAI;

beforeAll(async () => {
  serving = await serve({
    models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), summariser },
    embeddings: { lengths },
    voices: { alloy: new TestVoice({ chunks: 2 }) },
    transcribers: { scribe: { id: "test", transcribe: async (pcm, rate) => `${pcm.length} bytes at ${rate}` } },
    keys: [
      { name: "web", hash: key.hash },
      { name: "narrow", hash: other.hash, models: ["echo"] },
    ],
    onRun: (entry) => booked.push(entry),
  });
  client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: key.key, maxRetries: 0 });
});
afterAll(() => serving.close());

describe("vectors", () => {
  test("for OpenAI's client, which asks for base64, and for floats", async () => {
    const { data, usage } = await client.embeddings.create({
      model: "lengths",
      input: ["ab", "abcd", "a"],
      dimensions: 3,
    });
    expect(data[1]?.embedding.map((value) => value.toFixed(3))).toEqual(["4.000", "2.000", "1.333"]);
    expect([data.length, usage.prompt_tokens]).toEqual([3, 3]);
    const floats = await client.embeddings.create({ model: "lengths", input: "ab", encoding_format: "float" });
    expect(floats.data[0]?.embedding).toEqual([2, 1]);
    expect(booked.at(-1)).toMatchObject({ model: "lengths", caller: "web", usage: { inputTokens: 1 } });
  });

  test("for Ollama's client", async () => {
    const ollama = new Ollama({ host: serving.url, headers: { authorization: `Bearer ${key.key}` } });
    expect((await ollama.embed({ model: "lengths", input: ["ab", "a"] })).embeddings).toEqual([
      [2, 1],
      [1, 0.5],
    ]);
    expect((await ollama.embeddings({ model: "lengths", prompt: "abc" })).embedding).toEqual([3, 1.5]);
  });

  test("for Google's client", async () => {
    const google = new GoogleGenAI({ apiKey: key.key, httpOptions: { baseUrl: serving.url } });
    const { embeddings } = await google.models.embedContent({ model: "lengths", contents: ["ab", "a"] });
    expect(embeddings?.map(({ values }) => values)).toEqual([
      [2, 1],
      [1, 0.5],
    ]);
  });

  test("are refused where there is no such model, no such right, no text", async () => {
    const refused = (given: object, apiKey = key.key) =>
      new OpenAI({ baseURL: `${serving.url}/v1`, apiKey, maxRetries: 0 }).embeddings.create(given as never);
    await expect(refused({ model: "length", input: "a" })).rejects.toThrow("did you mean lengths?");
    await expect(refused({ model: "lengths", input: "a" }, other.key)).rejects.toMatchObject({ status: 403 });
    await expect(refused({ model: "lengths", input: [[1, 2]] })).rejects.toMatchObject({ status: 400 });
    await expect(refused({ model: "lengths", input: "" })).rejects.toMatchObject({ status: 400 });
  });
});

test("sound is made and written down for OpenAI's client", async () => {
  const spoken = await client.audio.speech.create({
    model: "tts-1",
    voice: "alloy",
    input: "Hello. Bye.",
    response_format: "pcm",
  });
  expect(textOfSound(new Uint8Array(await spoken.arrayBuffer()))).toBe("Hello.Bye.");
  await expect(client.audio.speech.create({ model: "x", voice: "nobody", input: "Hi" })).rejects.toThrow("alloy");
  const pcm = new Uint8Array(32);
  const file = await toFile(Buffer.concat([wavHeader(16_000, pcm.length), pcm]), "speech.wav");
  const { text } = await client.audio.transcriptions.create({ model: "scribe", file });
  expect(text).toBe("32 bytes at 16000");
});

test("a conversation is compacted, and goes on from what is left of it, whichever model reads it", async () => {
  const input = [
    { role: "user" as const, content: "Hello, I am Ada." },
    { role: "assistant" as const, content: "Hello Ada." },
  ];
  const compacted = await client.responses.compact({ model: "summariser", input });
  expect(compacted.output.map(({ type }) => type)).toEqual(["message", "compaction"]);
  expect(compacted.output[0]).toMatchObject({
    role: "user",
    content: [{ type: "input_text", text: "Hello, I am Ada." }],
  });
  const next = [...compacted.output, { role: "user" as const, content: "Who am I?" }];
  const response = await client.responses.create({ model: "summariser", input: next as never });
  expect(response.output_text).toBe("Go on.");
  expect(JSON.stringify(summariser.requests.at(-1)?.messages)).toContain(
    "Summary of the conversation so far: They greeted.",
  );
  const again = await client.responses.create({ model: "echo", previous_response_id: response.id, input: "And now?" });
  expect(again.status).toBe("completed");
});

describe("Dapr's conversation API", () => {
  const converse = (path: string, body: object, token = key.key) =>
    fetch(`${serving.url}/v1.0-${path}`, {
      method: "POST",
      headers: { "dapr-api-token": token },
      body: JSON.stringify(body),
    });
  const alpha2 = { inputs: [{ messages: [{ ofUser: { content: [{ text: "Hi there" }] } }] }] };

  test("is answered by what is served, whole and streamed, in both versions", async () => {
    const whole = await (await converse("alpha2/conversation/echo/converse", alpha2)).json();
    expect(whole.outputs[0].choices[0].message.content).toBe("Hi there");
    const old = await (await converse("alpha1/conversation/echo/converse", { inputs: [{ content: "Hi" }] })).json();
    expect(old.outputs[0].result).toBe("Hi");
    const streamed = await converse("alpha2/conversation/echo/converse/stream", alpha2);
    const frames = (await streamed.text()).split("\n\n").filter((frame) => frame !== "");
    const texts = frames.map((frame) => JSON.parse(frame.slice("data: ".length)).text?.content ?? "");
    expect(texts.join("")).toBe("Hi there");
    expect(streamed.headers.get("x-sluice-run")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("scrubs what it is told to, and refuses in Dapr's words", async () => {
    const told = { inputs: [{ ...alpha2.inputs[0], scrubPii: true }], scrubPii: true };
    expect((await converse("alpha2/conversation/echo/converse", told)).status).toBe(200);
    const missing = await converse("alpha2/conversation/nobody/converse", alpha2);
    expect([missing.status, (await missing.json()).errorCode]).toEqual([400, "ERR_CONVERSATION_NOT_FOUND"]);
    const bad = await converse("alpha2/conversation/echo/converse", {});
    expect((await bad.json()).errorCode).toBe("ERR_CONVERSATION_MISSING_INPUTS");
    const stranger = await converse("alpha2/conversation/echo/converse", alpha2, "no");
    expect([stranger.status, (await stranger.json()).errorCode]).toEqual([401, "ERR_UNAUTHENTICATED"]);
  });
});
