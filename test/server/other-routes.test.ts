import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { Ollama } from "ollama";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
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
const waiting = defineModel({
  id: "waiting",
  *stream() {
    yield "May I?";
    yield { type: "input-request", id: "1", kind: "question", message: "May I?", schema: { type: "boolean" } };
    yield { type: "finish", reason: "input-required", usage: {} };
  },
});
const [key, other] = [createApiKey(), createApiKey()];
const booked: RunLogEntry[] = [];
let serving: Serving;
let client: OpenAI;

beforeAll(async () => {
  serving = await serve({
    models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), summariser, waiting },
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

  test.each([
    ["/v1/embeddings", { model: "lengths", input: "a", dimensions: 1.5 }, "dimensions"],
    ["/v1/embeddings", { model: "lengths", input: [] }, "input"],
    ["/api/embed", { model: "lengths", input: "a", dimensions: 0 }, "dimensions"],
    ["/api/embeddings", { model: "lengths", prompt: "" }, "prompt"],
    ["/v1beta/models/lengths:embedContent", { content: { parts: [{ text: "" }] } }, "content"],
    [
      "/v1beta/models/lengths:batchEmbedContents",
      { requests: [{ content: { parts: [{ text: "a" }] }, outputDimensionality: -1 }] },
      "requests[0].outputDimensionality",
    ],
    ["/v1beta/models/lengths:batchEmbedContents", { requests: [] }, "requests"],
  ])("are refused at %s by the client's name for the field", async (path, body, field) => {
    const answer = await fetch(serving.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${key.key}` },
      body: JSON.stringify(body),
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`${field}: found`)]);
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

test("who asks Ollama nothing wants a model in memory, or out of it, and is told that it is done", async () => {
  const ollama = new Ollama({ host: serving.url, headers: { authorization: `Bearer ${key.key}` } });
  expect(await ollama.generate({ model: "echo", prompt: "" })).toMatchObject({
    ...{ model: "echo", response: "", done: true, done_reason: "load" },
  });
  expect(await ollama.chat({ model: "echo:latest", messages: [], keep_alive: 0 })).toMatchObject({
    ...{ model: "echo", message: { role: "assistant", content: "" }, done: true, done_reason: "unload" },
  });
  await expect(ollama.generate({ model: "nobody", prompt: "" })).rejects.toThrow("nobody");
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

describe("text completions", () => {
  test("are what OpenAI's client expects, whole and as they come", async () => {
    const asked = { model: "echo", prompt: "Go on.", max_tokens: 50, stop: "!" } as const;
    const whole = await client.completions.create(asked);
    expect(whole).toMatchObject({ object: "text_completion", choices: [{ text: "Go on.", finish_reason: "stop" }] });
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    const chunks = [];
    const stream = await client.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.flatMap(({ choices }) => choices.map(({ text }) => text)).join("")).toBe("Go on.");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("end in one of the protocol's words, whatever an agent waits for", async () => {
    const asked = { model: "waiting", prompt: "Go on." } as const;
    expect((await client.completions.create(asked)).choices[0]?.finish_reason).toBe("stop");
    const reasons = [];
    for await (const { choices } of await client.completions.create({ ...asked, stream: true })) {
      reasons.push(choices[0]?.finish_reason);
    }
    expect(reasons.at(-1)).toBe("stop");
  });

  test.each([
    ["suffix", { suffix: "end" }],
    ["echo", { echo: true }],
    ["n", { n: 2 }],
    ["best_of", { best_of: 3 }],
    ["logprobs", { logprobs: 2 }],
    ["prompt", { prompt: ["a", "b"] }],
    ["prompt", { prompt: [1, 2] }],
  ])("refuse %s in words", async (param, more) => {
    const asked = client.completions.create({ model: "echo", prompt: "Hi", ...more });
    await expect(asked).rejects.toMatchObject({ status: 400, param });
  });

  test("of defaults that are written out are not refused", async () => {
    const plain = { suffix: null, echo: false, n: 1, best_of: 1, logprobs: null, prompt: ["Hi"] };
    expect((await client.completions.create({ model: "echo", ...plain })).choices[0]?.text).toBe("Hi");
  });
});

test("tokens of a response's input are counted for OpenAI's client", async () => {
  const count = (body: object) => client.responses.inputTokens.count(body);
  const { input_tokens: one, object } = await count({ model: "echo", input: "Hello there" });
  expect(object).toBe("response.input_tokens");
  const tools = [{ type: "function", name: "look", parameters: { type: "object" }, strict: false }];
  expect((await count({ input: "Hello there", tools })).input_tokens).toBeGreaterThan(one);
  expect((await count({ model: null, input: "Hello there" })).input_tokens).toBe(one);
});

describe("what is not served", () => {
  test("is told each client in its own form, with what there is", async () => {
    const anthropic = new Anthropic({ baseURL: serving.url, apiKey: key.key, maxRetries: 0 });
    await expect(anthropic.messages.batches.list()).rejects.toMatchObject({
      status: 404,
      error: { type: "error", error: { message: expect.stringContaining("POST /v1/messages/count_tokens") } },
    });
    const ollama = new Ollama({ host: serving.url, headers: { authorization: `Bearer ${key.key}` } });
    await expect(ollama.pull({ model: "echo" })).rejects.toThrow("there is no POST /api/pull here; served there: ");
    await expect(ollama.delete({ model: "echo" })).rejects.toThrow("DELETE /api/delete");
    await expect(client.images.generate({ model: "echo", prompt: "a cat" })).rejects.toMatchObject({ status: 404 });
    await expect(client.files.list()).rejects.toMatchObject({ status: 404 });
    const google = new GoogleGenAI({ apiKey: key.key, httpOptions: { baseUrl: serving.url } });
    await expect(google.files.list()).rejects.toMatchObject({ status: 404 });
    const predict = { method: "POST", headers: { "x-goog-api-key": key.key }, body: "{}" };
    const predicted = await fetch(`${serving.url}/v1beta/models/echo:predict`, predict);
    expect(await predicted.json()).toMatchObject({
      error: { code: 404, message: expect.stringContaining("countTokens") },
    });
  });

  test("is another method where the path is served", async () => {
    const headers = { authorization: `Bearer ${key.key}` };
    const answered = await fetch(`${serving.url}/v1/messages`, { headers });
    expect([answered.status, await answered.json()]).toMatchObject([
      404,
      { type: "error", error: { message: "there is no GET /v1/messages here, but POST" } },
    ]);
  });
});
