import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { native } from "../../src/dialects/native/native.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { defineModel } from "../../src/models/define-model.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { scripted } from "../../src/models/scripted.js";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import type { Batch } from "../../src/stream/batch-source.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { arbitraryAnswer } from "../laws/arbitrary-answer.js";
import { eventsOf, playsOf, type Script, script } from "../laws/arbitrary-script.js";
import { modelLaws } from "../laws/model-laws.js";
import { cuts, recut } from "../laws/recut.js";
import { deferred } from "../support/deferred.js";
import { PlayedSource } from "../support/played-source.js";
import { readRun } from "./read-run.js";
import { serve } from "./serve.js";

const ASKED = { messages: [{ role: "user" as const, content: "Hi" }] };

modelLaws("a model of another Sluice's server", async () => {
  const under = { begun: 0, ended: 0, settled: deferred() };
  const three = defineModel({
    id: "three",
    async *stream() {
      under.begun++;
      yield "One ";
      await new Promise(setImmediate);
      yield "two ";
      await new Promise(setImmediate);
      yield "three.";
    },
  });
  const onRun = () => {
    if (++under.ended === under.begun) under.settled.resolve();
  };
  const serving = await serve({ models: { three }, onLeave: "stop", onRun });
  return {
    model: httpModel({ id: "remote", dialect: native, model: "three", baseUrl: serving.url }),
    // The run of whoever left is over, not only its connection.
    upstreamClosed: async () => under.begun > under.ended && under.settled.promise,
    close: () => serving.close(),
  };
});

/** What the server plays next, and how it is cut. */
let playing: { script: Script; size: number };
const played: ChatModel = {
  id: "played",
  stream: () => new ChatStream(new PlayedSource(...playsOf(playing.script, playing.size))),
};
let server: SluiceServer;
beforeAll(async () => {
  server = await createServer({ models: { played }, log: new MemoryRunLog({ keepMs: 60_000 }) });
});
afterAll(() => server.close());

/** A client of a server in this process, whose answers arrive in pieces of any size. */
function clientOf(at: readonly number[]): ChatModel {
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const answer = await server.fetch(new Request(input, init));
    const pieces = recut(new Uint8Array(await answer.arrayBuffer()), at);
    const body = new ReadableStream({
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
  const transport = fetchTransport({ fetch });
  const retry = { retries: 0 };
  return httpModel({ id: "client", dialect: native, model: "played", baseUrl: "http://localhost", transport, retry });
}

const size = fc.integer({ min: 1, max: 5 });

test("1, 2, 3: a stream that retracts, fails and has others inside is the same behind a server, however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(script, size, cuts, async (one, batch, at) => {
      playing = { script: one, size: batch };
      const stream = clientOf(at).stream(ASKED);
      const events: ChatEvent[] = [];
      const failure = await readInto(events, stream);
      const all = eventsOf(one);
      const text = one.texts.join("");
      // What fails before it says anything fails with a status, and has no events.
      expect(events).toEqual(failure === undefined || events.length > 0 ? all : []);
      if (one.fails) expect(failure).toMatchObject({ code: "overloaded", partial: { text } });
      else {
        const finish = all.at(-1);
        expect(await stream.usage).toEqual(finish?.type === "finish" ? finish.usage : undefined);
        expect(await stream.fullText).toBe(text);
      }
    }),
    { numRuns: 100, seed: 13 },
  );
});

async function readInto(events: ChatEvent[], stream: ChatStream): Promise<unknown> {
  try {
    for await (const event of stream) events.push(event);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

test("9: who drops anywhere, any number of times, and comes back reads each event once", async () => {
  await fc.assert(
    fc.asyncProperty(
      script,
      size,
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
      async (one, cut, stays) => {
        playing = { script: one, size: cut };
        const begun = await server.fetch(
          new Request("http://localhost/v1/runs", {
            method: "POST",
            body: JSON.stringify({ model: "played", ...ASKED }),
          }),
        );
        const run = begun.headers.get("x-sluice-run") ?? "";
        const events: ChatEvent[] = [];
        let last = await readEntries(begun, stays[0] ?? 1, events);
        for (const stay of [...stays.slice(1), Number.POSITIVE_INFINITY]) {
          const headers = last === undefined ? {} : { "last-event-id": last };
          const again = await server.fetch(new Request(`http://localhost/v1/runs/${run}/stream`, { headers }));
          last = (await readEntries(again, stay, events)) ?? last;
        }
        expect(events).toEqual(eventsOf(one));
      },
    ),
    { numRuns: 60, seed: 13 },
  );
});

/** Reads so many pieces of an answer, then leaves; returns the number of the last event. */
async function readEntries(answer: Response, most: number, events: ChatEvent[]): Promise<string | undefined> {
  let read = 0;
  const pieces = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      controller.enqueue(piece);
      if (++read >= most) controller.terminate();
    },
  });
  const { events: some, last } = await readRun(new Response(answer.body?.pipeThrough(pieces), answer));
  events.push(...some);
  return last;
}

test("4: who does not read is not read for", async () => {
  const seen = { asked: 0 };
  const source = {
    next(): Batch {
      seen.asked++;
      return seen.asked === 1
        ? [{ type: "start", id: "a", model: "m" }]
        : [{ type: "text-delta", text: "x".repeat(1_000) }];
    },
    cancel() {},
  };
  const endless: ChatModel = { id: "endless", stream: () => new ChatStream(source, { retain: false }) };
  const one = await createServer({ models: { endless }, onLeave: "stop" });
  const body = JSON.stringify({ model: "endless", stream: true, ...ASKED });
  const answer = await one.fetch(new Request("http://localhost/v1/chat/completions", { method: "POST", body }));
  const reader = answer.body?.getReader();
  await reader?.read();
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  // 64 KiB are read ahead.
  expect(seen.asked).toBeLessThan(150);
  await reader?.cancel();
  await one.close();
});

test("7: when runs are over and their time has come, nothing of them is kept", async () => {
  const log = new MemoryRunLog({ keepMs: 0 });
  const one = await createServer({ models: { words: scripted([["One ", "two."]], { id: "words" }) }, log });
  for (let i = 0; i < 20; i++) {
    const body = JSON.stringify({ model: "words", stream: i % 2 === 0, ...ASKED });
    await (await one.fetch(new Request("http://localhost/v1/chat/completions", { method: "POST", body }))).text();
  }
  log.sweep();
  expect(log.size).toBe(0);
  await one.close();
});

test("8: a history that was cut at any event is taken, whichever protocol brings it", async () => {
  const ok = defineModel({ id: "ok", stream: () => ["ok"] });
  const one = await createServer({ models: { ok } });
  const bases: Record<string, string> = { "openai-chat": "/v1", "openai-responses": "/v1", gemini: "/v1beta" };
  const transport = fetchTransport({ fetch: async (input, init) => one.fetch(new Request(input, init)) });
  // A prompt is all that Ollama's other path takes.
  const spoken = DIALECTS.filter(({ name }) => name !== "ollama-generate");
  const answers = arbitraryAnswer({ reasoning: true, toolCalls: true, refusals: true, sources: true });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...spoken), answers, fc.nat(), async (dialect, events, at) => {
      const transcript = new Transcript(true);
      for (const event of events.slice(0, 1 + (at % events.length))) transcript.push(event);
      const said = { role: "user" as const, content: "Go on." };
      const messages: ChatMessage[] = [said, ...transcript.messages, said];
      const baseUrl = `http://localhost${bases[dialect.name] ?? ""}`;
      const client = httpModel({ id: "client", dialect, model: "ok", baseUrl, transport, retry: { retries: 0 } });
      expect(await client.stream({ messages }).fullText).toBe("ok");
    }),
    { numRuns: 120, seed: 13 },
  );
  await one.close();
});

test("9: a tool of a run whose reader dropped in the middle of it runs once", async () => {
  const [called, gate] = [deferred(), deferred()];
  let runs = 0;
  const wait = tool({
    name: "wait",
    description: "Waits.",
    input: { type: "object" },
    run: async () => {
      runs++;
      called.resolve();
      await gate.promise;
      return "done";
    },
  });
  const call: ChatEvent = { type: "tool-call", callId: "c", name: "wait", input: {} };
  const model = scripted([["First. ", call, { type: "finish", reason: "tool-calls", usage: {} }], ["Last."]]);
  const serving = await serve({ models: { loop: withTools(model, [wait]) } });
  const leaving = new AbortController();
  const body = JSON.stringify({ model: "loop", ...ASKED });
  const first = await fetch(`${serving.url}/v1/runs`, { method: "POST", body, signal: leaving.signal });
  const seen = await readRun(first, "tool-call");
  await called.promise;
  leaving.abort();
  gate.resolve();
  const headers = { "last-event-id": seen.last ?? "" };
  const rest = await readRun(await fetch(`${serving.url}/v1/runs/${seen.run}/stream`, { headers }));
  expect([seen.text + rest.text, runs]).toEqual(["First. Last.", 1]);
  await serving.close();
});
