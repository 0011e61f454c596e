import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { Ollama } from "ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
let left = deferred();

const waiting = defineModel({
  id: "waiting",
  async *stream({ messages }, { signal }) {
    signal.addEventListener("abort", () => left.resolve());
    yield { type: "reasoning-delta", text: "Hm." };
    if (messages.length === 1) {
      yield { type: "tool-call", callId: "c", name: "clock", input: { zone: "CET" } };
      yield { type: "tool-result", callId: "c", name: "clock", output: "noon" };
    }
    yield "one ";
    await gate.promise;
    yield "two";
    yield { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } };
  },
});

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { waiting } });
});
afterAll(() => serving.close());

interface Chunk {
  type: string;
  delta?: string;
}
interface Transport {
  sendMessages(options: object): Promise<ReadableStream<Chunk>>;
  reconnectToStream(options: object): Promise<ReadableStream<Chunk> | null>;
}

/** The versions differ in their types, and not in what is asked of them here. */
type TransportClass = new (options: { api: string }) => Transport;

describe.each([
  ["5", ai5.DefaultChatTransport as unknown as TransportClass],
  ["6", ai6.DefaultChatTransport as unknown as TransportClass],
  ["7", ai7.DefaultChatTransport as unknown as TransportClass],
])("useChat's transport of version %s", (version, DefaultChatTransport) => {
  const transport = () => new DefaultChatTransport({ api: `${serving.url}/api/chat` });
  const message = { id: "m1", role: "user", parts: [{ type: "text", text: "Hi" }] };
  const send = (chatId: string, abortSignal?: AbortSignal) =>
    transport().sendMessages({
      chatId,
      messages: [message],
      trigger: "submit-message",
      messageId: undefined,
      abortSignal,
    });
  const read = async (stream: ReadableStream<Chunk>, until?: string) => {
    const chunks: Chunk[] = [];
    for await (const chunk of stream as unknown as AsyncIterable<Chunk>) {
      chunks.push(chunk);
      if (until !== undefined && chunk.delta === until) break;
    }
    return chunks;
  };

  test("reads an answer with reasoning and a tool that ran here", async () => {
    gate.resolve();
    const chunks = await read(await send(`plain-${version}`));
    expect(chunks.map(({ type }) => type)).toEqual([
      "start",
      "start-step",
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "tool-input-available",
      "tool-output-available",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish-step",
      "finish",
    ]);
    expect(await transport().reconnectToStream({ chatId: `plain-${version}` })).toBeNull();
  });

  test("leaves, comes back, and has the whole answer", async () => {
    gate = deferred();
    const leaving = new AbortController();
    await read(await send(`dropped-${version}`, leaving.signal), "one ");
    leaving.abort();
    const again = await transport().reconnectToStream({ chatId: `dropped-${version}` });
    expect(again).not.toBeNull();
    gate.resolve();
    const chunks = await read(again as ReadableStream<Chunk>);
    expect(chunks.map(({ type, delta }) => (type === "text-delta" ? delta : "")).join("")).toBe("one two");
    expect([chunks[0]?.type, chunks.at(-1)?.type]).toEqual(["start", "finish"]);
  });

  test("stops for good, which a dropped connection does not", async () => {
    [gate, left] = [deferred(), deferred()];
    const reading = read(await send(`stopped-${version}`));
    const again = await transport().reconnectToStream({ chatId: `stopped-${version}` });
    await read(again as ReadableStream<Chunk>, "one ");
    const stop = await fetch(`${serving.url}/api/chat/stopped-${version}/stop`, { method: "POST" });
    expect(await stop.json()).toEqual({ stopped: true });
    await left.promise;
    expect((await reading).at(-1)?.type).toBe("abort");
    expect(await transport().reconnectToStream({ chatId: `stopped-${version}` })).toBeNull();
  });
});

test("Ollama's client chats at the same path", async () => {
  gate.resolve();
  const { message } = await new Ollama({ host: serving.url }).chat({
    model: "waiting",
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "Hi" },
    ],
  });
  expect(message.content).toBe("one two");
});
