import { Ollama } from "ollama";
import { afterEach, describe, expect, test } from "vitest";
import { type DialectServer, type Script, serveDialect } from "../../../test/support/serve-dialect.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Dialect } from "../dialect.js";
import { ollama, ollamaGenerate } from "./ollama.js";

const START: ChatEvent = { type: "start", id: "answer-1", model: "model-1" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 12, outputTokens: 7 } };
const ASK = { model: "model-1", messages: [{ role: "user", content: "Hi" }] };
const TOOL = { type: "function", function: { name: "weather", description: "d", parameters: { type: "object" } } };
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

let server: DialectServer | undefined;

async function client(script: Script, dialect: Dialect = ollama): Promise<Ollama> {
  server = await serveDialect(dialect, () => script);
  return new Ollama({ host: server.url });
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe("the ollama client reads what the writer writes", () => {
  const everything: Script = [
    START,
    { type: "reasoning-delta", text: "Let me " },
    { type: "reasoning-delta", text: "think." },
    { type: "text-delta", text: "It is " },
    { type: "text-delta", text: "sunny. ☀️" },
    { type: "file", mediaType: "image/png", data: PNG },
    { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Paris" } },
    { type: "tool-call", callId: "call_2", name: "weather", input: {} },
    { ...FINISH, reason: "tool-calls" },
  ];
  const calls = [
    { id: "call_1", function: { index: 0, name: "weather", arguments: { city: "Paris" } } },
    { id: "call_2", function: { index: 1, name: "weather", arguments: {} } },
  ];

  test("text, thinking, images, tools and usage, as a stream", async () => {
    const sdk = await client(everything);
    const said = { content: "", thinking: "", tool_calls: [] as unknown[], images: [] as unknown[] };
    const ends = [];
    for await (const part of await sdk.chat({ ...ASK, tools: [TOOL], stream: true })) {
      said.content += part.message.content;
      said.thinking += part.message.thinking ?? "";
      said.tool_calls.push(...(part.message.tool_calls ?? []));
      said.images.push(...(part.message.images ?? []));
      if (part.done) ends.push(part);
    }
    const images = [Buffer.from(PNG).toString("base64")];
    expect(said).toEqual({ content: "It is sunny. ☀️", thinking: "Let me think.", tool_calls: calls, images });
    expect(ends).toMatchObject([{ model: "model-1", done_reason: "stop", prompt_eval_count: 12, eval_count: 7 }]);
    expect(server?.requests[0]?.request.tools).toEqual([
      { name: "weather", description: "d", inputSchema: { type: "object" } },
    ]);
  });

  test("the same as one body", async () => {
    const sdk = await client(everything);
    const body = await sdk.chat({ ...ASK, tools: [TOOL] });
    expect(body).toMatchObject({
      model: "model-1",
      message: { role: "assistant", content: "It is sunny. ☀️", thinking: "Let me think.", tool_calls: calls },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 12,
      eval_count: 7,
    });
  });

  test("generate: text, thinking and the encoded conversation", async () => {
    const context = [1, 2, 3];
    const script: Script = [
      START,
      { type: "reasoning-delta", text: "Hm." },
      { type: "text-delta", text: "Yes." },
      {
        type: "data",
        name: "provider/context",
        value: context,
        opaque: { dialect: "ollama-generate", data: { context } },
      },
      FINISH,
    ];
    const sdk = await client(script, ollamaGenerate);
    const said = { response: "", thinking: "" };
    for await (const part of await sdk.generate({ model: "model-1", prompt: "Hi", stream: true })) {
      said.response += part.response ?? "";
      said.thinking += part.thinking ?? "";
      if (part.done) expect(part).toMatchObject({ done_reason: "stop", context, eval_count: 7 });
    }
    expect(said).toEqual({ response: "Yes.", thinking: "Hm." });
    expect(await sdk.generate({ model: "model-1", prompt: "Hi" })).toMatchObject({
      response: "Yes.",
      thinking: "Hm.",
      context,
    });
  });

  test("a length that was reached", async () => {
    const sdk = await client([START, { type: "text-delta", text: "One" }, { ...FINISH, reason: "length" }]);
    expect((await sdk.chat(ASK)).done_reason).toBe("length");
  });

  test("an error in mid-stream", async () => {
    const sdk = await client([
      START,
      { type: "text-delta", text: "One" },
      new SluiceError("overloaded", "too much to do"),
    ]);
    const said: string[] = [];
    const read = async () => {
      for await (const part of await sdk.chat({ ...ASK, stream: true })) said.push(part.message.content);
    };
    await expect(read()).rejects.toThrow("too much to do");
    expect(said).toEqual(["One"]);
  });

  test("an error before the answer, with its status", async () => {
    const sdk = await client([new SluiceError("not-found", 'model "x" not found, try pulling it first')]);
    await expect(sdk.chat(ASK)).rejects.toMatchObject({
      name: "ResponseError",
      status_code: 404,
      error: 'model "x" not found, try pulling it first',
    });
  });

  test("an abort closes the connection", async () => {
    const sdk = await client([START, { type: "text-delta", text: "One" }, "stall"]);
    const stream = await sdk.chat({ ...ASK, stream: true });
    const read = async () => {
      for await (const _ of stream) stream.abort();
    };
    await expect(read()).rejects.toMatchObject({ name: "AbortError" });
    await server?.left;
  });

  test("what was written cannot be taken back: the answer ends with an error", async () => {
    const sdk = await client([
      START,
      { type: "text-delta", text: "One" },
      { type: "retract", reason: "again" },
      FINISH,
    ]);
    const read = async () => {
      for await (const _ of await sdk.chat({ ...ASK, stream: true }));
    };
    await expect(read()).rejects.toThrow("again");
  });

  test("only the client's own tools are called in a loop that ran here", async () => {
    const sdk = await client([
      START,
      { type: "step-start", step: 0, model: "model-1" },
      { type: "tool-call", callId: "c1", name: "lookup", input: {} },
      { type: "tool-result", callId: "c1", name: "lookup", output: 3 },
      { type: "step-finish", step: 0, reason: "tool-calls", usage: {} },
      { type: "step-start", step: 1, model: "model-1" },
      { type: "tool-call", callId: "c2", name: "weather", input: {} },
      { type: "step-finish", step: 1, reason: "tool-calls", usage: {} },
      { ...FINISH, reason: "tool-calls" },
    ]);
    const { message } = await sdk.chat({ ...ASK, tools: [TOOL], stream: true }).then(firstWithCalls);
    expect(message.tool_calls).toMatchObject([{ function: { name: "weather" } }]);
  });
});

async function firstWithCalls<T extends { message: { tool_calls?: unknown[] } }>(parts: AsyncIterable<T>): Promise<T> {
  for await (const part of parts) if (part.message.tool_calls !== undefined) return part;
  throw new Error("no calls");
}
