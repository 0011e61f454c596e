import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import type { HttpModelOptions } from "../../src/models/http/http-model.js";
import { modelLaws } from "../laws/model-laws.js";
import { ManualClock } from "../support/manual-clock.js";
import { drip, framesOf, silent, stallAfter } from "./behaviours.js";
import { BEGINNING, BEGINNING_TEXT, FRAMES, modelAt, REQUEST } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";
import { startNeverAcceptingServer } from "./never-accepting-server.js";

const USAGE = 'data: {"id":"1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1}}\n\n';

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(...behaviours: Behaviour[]): Promise<FaultServer> {
  server = await FaultServer.start(...behaviours);
  return server;
}

const transports = {
  undici: {},
  fetch: { transport: fetchTransport() },
} satisfies Record<string, Partial<HttpModelOptions>>;

describe.each(Object.entries(transports))("leaving closes the connection, through %s", (_name, options) => {
  it("by break, and what was used so far is known", async () => {
    const server = await start(stallAfter(USAGE, BEGINNING));
    const stream = modelAt(server, options).stream(REQUEST);
    for await (const _ of stream.text) break;
    await server.until(() => server.open === 0);
    expect(await stream.usage).toMatchObject({ inputTokens: 7, outputTokens: 1 });
  });

  it("by cancel() while the reader waits", async () => {
    const server = await start(stallAfter(USAGE, BEGINNING));
    const stream = modelAt(server, options).stream(REQUEST);
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const waiting = reader.next().catch((error: unknown) => error);
    stream.cancel("enough");
    expect(await waiting).toMatchObject({ code: "cancelled", cause: "enough", partial: { text: BEGINNING_TEXT } });
    await server.until(() => server.open === 0);
    expect(await stream.usage).toMatchObject({ inputTokens: 7 });
  });

  it("by a signal in the middle of the answer", async () => {
    const server = await start(stallAfter(USAGE, BEGINNING));
    const { signal, abort } = new Aborter();
    const stream = modelAt(server, options).stream(REQUEST, { signal });
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    abort("late");
    await server.until(() => server.open === 0);
    await expect(drained(reader)).rejects.toMatchObject({ code: "cancelled", cause: "late" });
    expect(await stream.usage).toMatchObject({ inputTokens: 7 });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("by a signal while nothing has come back yet", async () => {
    const server = await start(silent);
    const { signal, abort } = new Aborter();
    const text = modelAt(server, options).stream(REQUEST, { signal }).fullText;
    await server.until(() => server.received.length === 1);
    abort("early");
    await expect(text).rejects.toMatchObject({ code: "cancelled", cause: "early", partial: { text: "", usage: {} } });
    await server.until(() => server.open === 0);
  });

  it("before anything was read: then nothing is sent at all", async () => {
    const server = await start(silent);
    const model = modelAt(server, options);
    const cancelled = model.stream(REQUEST);
    cancelled.cancel();
    await expect(cancelled.fullText).rejects.toMatchObject({ code: "cancelled" });
    const signal = AbortSignal.abort("never");
    await expect(model.stream(REQUEST, { signal }).fullText).rejects.toMatchObject({
      code: "cancelled",
      cause: "never",
    });
    expect(server.connections).toBe(0);
  });
});

describe("a server that accepts nobody", () => {
  it("ends in connect-timeout", async () => {
    const never = await startNeverAcceptingServer();
    const clock = new ManualClock();
    const text = modelAt(never.url, { clock, retry: { retries: 1 }, random: () => 1 }).stream(REQUEST).fullText;
    text.catch(() => {});
    await clock.timer(10_000);
    clock.advance(10_000);
    await clock.timer(500);
    clock.advance(500);
    await clock.timer(10_000);
    clock.advance(10_000);
    await expect(text).rejects.toMatchObject({ code: "connect-timeout", retryable: true });
    expect(clock.pending).toEqual([]);
    await never.stop();
  });

  it("and is left at once by a signal, with no socket still connecting", async () => {
    const never = await startNeverAcceptingServer();
    const clock = new ManualClock();
    const { signal, abort } = new Aborter();
    await until(() => connecting() === 0);
    const text = modelAt(never.url, { clock }).stream(REQUEST, { signal }).fullText;
    text.catch(() => {});
    await clock.timer(10_000);
    await until(() => connecting() === 1);
    abort("left");
    await expect(text).rejects.toMatchObject({ code: "cancelled", cause: "left" });
    await until(() => connecting() === 0);
    await never.stop();
  });
});

modelLaws("a model behind HTTP", async () => {
  const server = await FaultServer.start(drip(FRAMES));
  return {
    model: modelAt(server),
    upstreamClosed: () => server.until(() => server.open === 0),
    close: () => server.stop(),
  };
});

modelLaws("a model behind HTTP that is asked for the whole answer", async () => {
  const body = JSON.stringify({
    id: "chatcmpl-1",
    model: "model-1",
    choices: [{ index: 0, message: { role: "assistant", content: "Water." }, finish_reason: "stop" }],
  });
  const server = await FaultServer.start((reply) => reply.json(200, JSON.parse(body)));
  return { model: modelAt(server), options: { streaming: false }, simulated: true, close: () => server.stop() };
});

it("the frames of a dialect end with its end marker", () => {
  expect(framesOf(openAiChat, [])).toEqual(["data: [DONE]\n\n"]);
});

/** A signal and its function, apart. */
class Aborter {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  readonly abort = (reason: unknown): void => this.#controller.abort(reason);
}

/** TCP sockets of this process that wait for their connection. */
function connecting(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource.endsWith("ConnectWrap")).length;
}

/** Looks again in each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function drained(reader: AsyncIterator<string>): Promise<void> {
  while (!(await reader.next()).done);
}
