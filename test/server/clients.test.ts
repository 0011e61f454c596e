import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { SluiceError } from "../../src/stream/error.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

/** Thinks, calls the first tool that it is given, else answers. */
const thinker = defineModel({
  id: "thinker",
  *stream({ tools = [], messages }) {
    yield { type: "reasoning-delta", text: "Hm." };
    const [tool] = tools;
    const answered = messages.at(-1)?.role === "tool";
    if (tool !== undefined && "inputSchema" in tool && !answered) {
      yield { type: "tool-input-delta", callId: "call_1", name: tool.name, delta: '{"city":' };
      yield { type: "tool-input-delta", callId: "call_1", name: tool.name, delta: '"Paris"}' };
      yield { type: "tool-call", callId: "call_1", name: tool.name, input: { city: "Paris" } };
    } else {
      yield "It is ";
      yield "sunny.";
    }
    yield { type: "usage", usage: { inputTokens: 11, outputTokens: 5 } };
  },
});

/** Begins, and says no more until its reader leaves. */
function endless(left: { resolve(): void }): ChatModel {
  return defineModel({
    id: "endless",
    async *stream(_, { signal }) {
      signal.addEventListener("abort", () => left.resolve());
      yield "begun";
      await new Promise(() => {});
    },
  });
}

const failing = defineModel({
  id: "failing",
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  *stream() {
    throw new SluiceError("rate-limited", "slow down", { status: 429, retryable: true, retryAfterMs: 2_000 });
  },
});

const left = deferred();
let serving: Serving;
beforeAll(async () => {
  serving = await serve({
    models: { echo: echo(), thinker, endless: endless(left), failing, "org/deep/name": echo() },
    aliases: { "gpt-4o": "echo" },
  });
});
afterAll(() => serving.close());

const parameters = { type: "object" as const, properties: { city: { type: "string" } } };

describe("OpenAI's client", () => {
  const client = () => new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "none", maxRetries: 0 });
  const ask = (model: string, content = "Hello there") => ({ model, messages: [{ role: "user" as const, content }] });

  test("lists what is served, and finds one whose name has slashes", async () => {
    const models = await client().models.list();
    expect(models.data.map(({ id }) => id)).toEqual(["echo", "thinker", "endless", "failing", "org/deep/name"]);
    expect((await client().models.retrieve("org/deep/name")).id).toBe("org/deep/name");
  });

  test("streams text, with usage where it asks for it", async () => {
    const stream = await client().chat.completions.create({
      ...ask("gpt-4o"),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage ??= chunk.usage;
    }
    expect(text).toContain("Hello there");
    expect(usage).toMatchObject({ completion_tokens: expect.any(Number) });
  });

  test("gets a whole answer, and a tool call that it runs itself", async () => {
    const tools = [{ type: "function" as const, function: { name: "weather", parameters } }];
    const first = await client().chat.completions.create({ ...ask("thinker"), tools });
    const call = first.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ id: "call_1", function: { name: "weather", arguments: '{"city":"Paris"}' } });
    const second = await client().chat.completions.create({
      model: "thinker",
      tools,
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "sun" },
      ],
    });
    expect(second.choices[0]?.message.content).toBe("It is sunny.");
  });

  test("is told of errors with their status, before and instead of a stream", async () => {
    const unknown = client().chat.completions.create(ask("ecko"));
    await expect(unknown).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("did you mean echo?"),
    });
    const limited = client().chat.completions.create({ ...ask("failing"), stream: true });
    await expect(limited).rejects.toMatchObject({ status: 429, code: "rate-limited" });
    await expect(client().chat.completions.create({ model: "echo", messages: [] })).rejects.toMatchObject({
      status: 400,
    });
  });

  test("leaves, and the model is told at once", async () => {
    const stream = await client().chat.completions.create({ ...ask("endless"), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === "begun") break;
    await left.promise;
  });
});

describe("Anthropic's client", () => {
  const client = () => new Anthropic({ baseURL: serving.url, apiKey: "none", maxRetries: 0 });
  const ask = { max_tokens: 100, messages: [{ role: "user" as const, content: "Hello there" }] };

  test("streams, calls tools, and counts tokens", async () => {
    const stream = client().messages.stream({ ...ask, model: "echo" });
    expect(await stream.finalText()).toContain("Hello there");
    const message = await client().messages.create({
      ...ask,
      model: "thinker",
      tools: [{ name: "weather", input_schema: parameters }],
    });
    expect(message.stop_reason).toBe("tool_use");
    expect(message.content.at(-1)).toMatchObject({ type: "tool_use", name: "weather", input: { city: "Paris" } });
    const { input_tokens } = await client().messages.countTokens({ model: "echo", messages: ask.messages });
    expect(input_tokens).toBeGreaterThan(1);
  });

  test("is told of errors", async () => {
    await expect(client().messages.create({ ...ask, model: "nobody" })).rejects.toMatchObject({ status: 404 });
  });

  test("lists what is served as Anthropic does", async () => {
    const model = { type: "model", id: "echo", display_name: "echo", created_at: expect.stringMatching(/^\d{4}-.*Z$/) };
    const page = await client().models.list();
    expect(page.data[0]).toMatchObject(model);
    expect(page.hasNextPage()).toBe(false);
    expect(await client().models.retrieve("echo")).toMatchObject(model);
    await expect(client().models.retrieve("nobody")).rejects.toMatchObject({ status: 404, type: "not_found_error" });
  });
});

// Its newer versions ask for v1, where OpenAI's and Anthropic's clients ask too.
describe.each(["v1beta", "v1"])("Google's client, asking for %s", (apiVersion) => {
  const client = () => new GoogleGenAI({ apiKey: "none", apiVersion, httpOptions: { baseUrl: serving.url } });

  test("streams, answers whole, counts and lists", async () => {
    const contents = "Hello there";
    let text = "";
    for await (const chunk of await client().models.generateContentStream({ model: "echo", contents }))
      text += chunk.text ?? "";
    expect(text).toContain("Hello there");
    expect((await client().models.generateContent({ model: "org/deep/name", contents })).text).toContain("Hello there");
    expect((await client().models.countTokens({ model: "echo", contents })).totalTokens).toBeGreaterThan(1);
    const names: (string | undefined)[] = [];
    for await (const { name } of await client().models.list()) names.push(name);
    expect(names).toContain("models/echo");
    expect((await client().models.get({ model: "org/deep/name" })).name).toBe("models/org/deep/name");
    await expect(client().models.get({ model: "nobody" })).rejects.toThrow(/"status":"NOT_FOUND"/);
  });
});

describe("Ollama's client", () => {
  const client = () => new Ollama({ host: serving.url });

  test("lists, shows, and goes on from a prompt", async () => {
    expect((await client().list()).models.map(({ name }) => name)).toContain("echo");
    expect((await client().show({ model: "echo" })).capabilities).toContain("completion");
    expect((await client().generate({ model: "echo:latest", prompt: "Hello there" })).response).toContain(
      "Hello there",
    );
    let text = "";
    for await (const part of await client().generate({ model: "echo", prompt: "Hello there", stream: true }))
      text += part.response;
    expect(text).toContain("Hello there");
  });
});
