import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeClientEvent, RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { encodeBase64 } from "../../src/base/base64.js";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { RealtimeOptions } from "../../src/server/realtime/realtime-options.js";
import { Resampler } from "../../src/speech/audio/resampler.js";
import type { Transcriber } from "../../src/speech/listen/transcriber.js";
import { flite } from "../../src/speech/voices/flite/flite.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { SluiceError } from "../../src/stream/error.js";
import { textOf } from "../../src/stream/message.js";
import { TestVoice } from "../speech/test-voice.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type EventOf<T extends string> = Extract<RealtimeServerEvent, { type: T }>;

/** The vendor's own client, and the events that it was given. */
class Client {
  readonly events: RealtimeServerEvent[] = [];
  readonly socket: OpenAIRealtimeWS;
  #seen = 0;
  #wake = () => {};

  constructor(serving: Serving, model = "model", apiKey = "none") {
    const client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey });
    // It makes every address wss:, so it is given a connection without TLS.
    const { port } = new URL(serving.url);
    const options = { createConnection: () => connect(Number(port), "127.0.0.1") };
    this.socket = new OpenAIRealtimeWS({ model, options }, client);
    this.socket.on("event", (event) => {
      this.events.push(event);
      this.#wake();
    });
    // Errors are looked at as events.
    this.socket.on("error", () => {});
    closers.push(() => this.socket.close());
  }

  send(event: RealtimeClientEvent): void {
    this.socket.send(event);
  }

  /** The next event of a type, after those that were asked for before. */
  async next<T extends RealtimeServerEvent["type"]>(type: T): Promise<EventOf<T>> {
    for (;;) {
      while (this.#seen < this.events.length) {
        const event = this.events[this.#seen++];
        if (event !== undefined && isOf(event, type)) return event;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  say(text: string): void {
    this.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
  }
}

function isOf<T extends string>(event: RealtimeServerEvent, type: T): event is EventOf<T> {
  return event.type === type;
}

async function begin(model: ChatModel, realtime: RealtimeOptions = {}): Promise<Client> {
  const serving = await serve({
    models: { model },
    realtime: { voice: new TestVoice(), transcriber: false, ...realtime },
  });
  closers.push(() => serving.close());
  const client = new Client(serving);
  await once(client.socket.socket, "open");
  return client;
}

function transcriber(...texts: string[]): Transcriber & { heard: number[] } {
  const heard: number[] = [];
  return {
    id: "test/transcriber",
    heard,
    async transcribe(pcm) {
      heard.push(pcm.length);
      const text = texts.shift();
      if (text === undefined) throw new SluiceError("provider-error", "nothing more was written");
      return text;
    },
  };
}

/** Audio of a client: 16-bit samples at 24,000 a second; the test voice's and the client's rates differ. */
function bytesOf(events: readonly RealtimeServerEvent[]): number {
  let bytes = 0;
  for (const event of events)
    if (event.type === "response.output_audio.delta") bytes += Buffer.from(event.delta, "base64").length;
  return bytes;
}

describe("the Realtime protocol, with OpenAI's own client", () => {
  it("answers text with text", async () => {
    const client = await begin(scripted([["Hello ", "there."]]));
    const { session } = await client.next("session.created");
    expect(session).toMatchObject({ type: "realtime", model: "model", output_modalities: ["audio"] });
    client.send({
      type: "session.update",
      session: { type: "realtime", output_modalities: ["text"], instructions: "Be brief." },
    });
    expect((await client.next("session.updated")).session).toMatchObject({
      output_modalities: ["text"],
      instructions: "Be brief.",
    });
    client.say("Hi");
    client.send({ type: "response.create" });
    const { response } = await client.next("response.done");
    expect(response).toMatchObject({
      status: "completed",
      output: [{ content: [{ type: "output_text", text: "Hello there." }] }],
    });
    expect(client.types().slice(2)).toEqual([
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "conversation.item.done",
      "response.done",
    ]);
  });

  it("speaks, with a transcript that goes with the audio", async () => {
    const client = await begin(scripted([["One two. ", "Three."]]));
    client.say("Count.");
    client.send({ type: "response.create" });
    const { response } = await client.next("response.done");
    expect(response.output).toMatchObject([{ content: [{ type: "output_audio", transcript: "One two. Three." }] }]);
    // 14 characters of 50 ms each at 24,000 samples of two bytes.
    expect(bytesOf(client.events)).toBe((14 * 50 * 24_000 * 2) / 1_000);
    const deltas = client.events.flatMap((event) =>
      event.type === "response.output_audio_transcript.delta" ? [event.delta] : [],
    );
    expect(deltas.join("")).toBe("One two. Three.");
    expect(client.types().indexOf("response.output_audio_transcript.delta")).toBeLessThan(
      client.types().indexOf("response.output_audio.delta"),
    );
  });

  it("takes audio, committed by hand", async () => {
    const model = scripted([["Fine."]]);
    const writer = transcriber("How are you?");
    const client = await begin(model, { transcriber: writer, voiceActivity: false });
    client.send({ type: "input_audio_buffer.commit" });
    expect((await client.next("error")).error).toMatchObject({ code: "input_audio_buffer_commit_empty" });
    const audio = encodeBase64(new Uint8Array(24_000 * 2));
    for (let at = 0; at < audio.length; at += 4_001) {
      // Pieces of base64 are whole quads; those of samples need not be.
      client.send({
        type: "input_audio_buffer.append",
        audio: audio.slice(at - (at % 4), Math.min(audio.length, at + 4_001 - ((at + 4_001) % 4))),
      });
    }
    client.send({ type: "input_audio_buffer.commit" });
    client.send({ type: "response.create" });
    const { item_id } = await client.next("input_audio_buffer.committed");
    expect(await client.next("conversation.item.input_audio_transcription.completed")).toMatchObject({
      item_id,
      transcript: "How are you?",
    });
    expect((await client.next("response.done")).response.status).toBe("completed");
    expect(model.requests[0]?.messages).toEqual([{ role: "user", content: "How are you?" }]);
    expect(writer.heard[0]).toBeGreaterThan(15_000 * 2);
    expect(writer.heard[0]).toBeLessThanOrEqual(16_000 * 2);
  });

  it("finds turns by voice activity, and is interrupted by one", async () => {
    const voice = flite({ workers: 1 });
    closers.push(() => voice.close?.());
    const spoken = Buffer.concat(
      (await collect(voice.synthesize("What is the weather like in the mountains today?"))).map(({ data }) => data),
    );
    const gate = deferred();
    const model = defineModel({
      id: "slow",
      async *stream(request) {
        const first = request.messages.length === 1;
        yield first ? "It is fine in the mountains today. And in the valley" : "Good.";
        if (first) await gate.promise;
      },
    });
    const client = await begin(model, {
      transcriber: transcriber("What is the weather like?", "Stop."),
      voice: new TestVoice(),
    });
    const upsampled = new Resampler(16_000, 24_000).push(spoken);
    const silence = new Uint8Array(24_000 * 2);
    const speakInto = () => {
      for (const part of [upsampled, silence])
        client.send({ type: "input_audio_buffer.append", audio: encodeBase64(part) });
    };
    speakInto();
    const started = await client.next("input_audio_buffer.speech_started");
    const stopped = await client.next("input_audio_buffer.speech_stopped");
    expect(stopped.item_id).toBe(started.item_id);
    expect(stopped.audio_end_ms - started.audio_start_ms).toBeGreaterThan(1_500);
    const { item_id } = await client.next("response.output_audio.delta");
    speakInto();
    expect((await client.next("response.done")).response).toMatchObject({
      status: "cancelled",
      status_details: { type: "cancelled", reason: "turn_detected" },
    });
    client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 300 });
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
    await client.next("conversation.item.truncated");
    gate.resolve();
  });

  it("asks the model for no more than a client that does not read can take", async () => {
    let made = 0;
    const model = defineModel({
      id: "endless",
      async *stream() {
        for (;;) {
          made++;
          yield "word ".repeat(20_000);
          await new Promise(setImmediate);
        }
      },
    });
    const client = await begin(model);
    client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
    client.say("Go.");
    client.send({ type: "response.create" });
    await client.next("response.output_text.delta");
    client.socket.socket.pause();
    // What fills the buffers of the connection; then nothing more is asked for.
    for (let same = 0, before = -1; same < 2_000; before = made) {
      await new Promise(setImmediate);
      same = before === made ? same + 1 : 0;
    }
    expect(made * 100_000).toBeLessThan(64 * 1_024 * 1_024);
    client.socket.socket.resume();
    client.send({ type: "response.cancel" });
    expect((await client.next("response.done")).response.status).toBe("cancelled");
  });

  it("answers what a cough kept from being answered", async () => {
    const voice = flite({ workers: 1 });
    closers.push(() => voice.close?.());
    const audio = await collect(voice.synthesize("What is the weather like in the mountains today?"));
    const upsampled = new Resampler(16_000, 24_000).push(Buffer.concat(audio.map(({ data }) => data)));
    const silence = new Uint8Array(24_000 * 2);
    let asked = 0;
    const model = defineModel({
      id: "thoughtful",
      async *stream(_request, { signal }) {
        // The first answer is being thought about for as long as nobody coughs.
        if (asked++ === 0) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        yield "It is fine.";
      },
    });
    const client = await begin(model, { transcriber: transcriber("What is the weather like?", "") });
    const speakInto = () => {
      for (const part of [upsampled, silence])
        client.send({ type: "input_audio_buffer.append", audio: encodeBase64(part) });
    };
    speakInto();
    await client.next("response.created");
    while (asked === 0) await new Promise(setImmediate);
    speakInto();
    expect((await client.next("response.done")).response).toMatchObject({ status: "cancelled" });
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
  });

  it("truncates what was not heard, to the word", async () => {
    const model = scripted([["One two three four five."], ["Six."]]);
    const client = await begin(model);
    client.say("Count.");
    client.send({ type: "response.create" });
    const { item_id } = await client.next("response.output_audio.delta");
    await client.next("response.done");
    const truncate = (audio_end_ms: number) =>
      client.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
    // All of it was heard: nothing is lost.
    truncate(1_200);
    await client.next("conversation.item.truncated");
    client.send({ type: "conversation.item.retrieve", item_id });
    expect((await client.next("conversation.item.retrieved")).item).toMatchObject({
      content: [{ transcript: "One two three four five." }],
    });
    truncate(99_000);
    expect((await client.next("error")).error).toMatchObject({ param: "audio_end_ms" });
    // "One two three" ends at 13 characters of 50 ms.
    truncate(700);
    expect(await client.next("conversation.item.truncated")).toMatchObject({ item_id, audio_end_ms: 700 });
    client.send({ type: "conversation.item.retrieve", item_id });
    expect((await client.next("conversation.item.retrieved")).item).toMatchObject({
      content: [{ transcript: "One two three" }],
    });
    truncate(0);
    await client.next("conversation.item.truncated");
    client.say("Go on.");
    client.send({ type: "response.create" });
    await client.next("response.done");
    // Nothing of the answer was heard, so it was not said.
    expect(model.requests[1]?.messages.map(textOf)).toEqual(["Count.", "Go on."]);
  });

  it("lets the client run its functions", async () => {
    const call = { type: "tool-call", callId: "c1", name: "weather", input: { city: "Rome" } } as const;
    const model = scripted([[call], ["Sunny."]]);
    const client = await begin(model);
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    client.send({
      type: "session.update",
      session: {
        type: "realtime",
        output_modalities: ["text"],
        tools: [{ type: "function", name: "weather", description: "d", parameters }],
      },
    });
    client.say("Weather?");
    client.send({ type: "response.create" });
    const done = await client.next("response.function_call_arguments.done");
    expect(done).toMatchObject({ call_id: "c1", name: "weather", arguments: '{"city":"Rome"}' });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "completed",
      output: [{ type: "function_call" }],
    });
    client.send({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: "c1", output: "sunny" },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response.output).toMatchObject([{ content: [{ text: "Sunny." }] }]);
    expect(model.requests[0]?.tools).toMatchObject([{ name: "weather", inputSchema: parameters }]);
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
  });

  it("cancels a response, and makes the next", async () => {
    const left = deferred();
    const model = defineModel({
      id: "endless",
      async *stream(request, { signal }) {
        signal.addEventListener("abort", () => left.resolve());
        for (let count = 0; count < (request.messages.length === 1 ? 100_000 : 1); count++) {
          yield "word ";
          await new Promise(setImmediate);
        }
      },
    });
    const client = await begin(model);
    client.send({ type: "response.cancel" });
    expect((await client.next("error")).error.code).toBe("response_cancel_not_active");
    client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
    client.say("Go.");
    client.send({ type: "response.create" });
    await client.next("response.output_text.delta");
    client.send({ type: "response.create" });
    expect((await client.next("error")).error.code).toBe("conversation_already_has_active_response");
    client.send({ type: "response.cancel" });
    client.say("Again.");
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "cancelled",
      status_details: { reason: "client_cancelled" },
    });
    await left.promise;
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
  });

  it("makes a response out of band, from its own input", async () => {
    const model = scripted([["Aside."], ["Yes."]]);
    const client = await begin(model);
    client.say("Hi");
    client.send({
      type: "response.create",
      response: {
        conversation: "none",
        output_modalities: ["text"],
        metadata: { topic: "a" },
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Classify." }] }],
      },
    });
    const { response } = await client.next("response.done");
    expect(response).toMatchObject({ conversation_id: null, metadata: { topic: "a" } });
    client.send({ type: "response.create", response: { output_modalities: ["text"] } });
    await client.next("response.done");
    expect(model.requests.map(({ messages }) => messages.map(textOf))).toEqual([["Classify."], ["Hi"]]);
  });

  it("says what failed, and goes on", async () => {
    const model = scripted([["Hello "], ["Fine."]]);
    let calls = 0;
    const failing: ChatModel = {
      ...model,
      id: "failing",
      stream(request, options) {
        if (calls++ === 0) throw new SluiceError("overloaded", "too much", { status: 529 });
        return model.stream(request, options);
      },
    };
    const client = await begin(failing, {
      voice: new TestVoice({
        fail: (text) => (text === "Hello" ? new SluiceError("rejected", "no such voice") : undefined),
      }),
    });
    client.say("Hi");
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "failed",
      status_details: { error: { code: "overloaded" } },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "failed",
      status_details: { error: { code: "rejected" } },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response.status).toBe("completed");
  });

  it("refuses what it does not know, naming it, and stays open", async () => {
    const client = await begin(scripted([["Yes."]]));
    client.send(
      JSON.parse('{"type":"session.update","event_id":"e1","session":{"type":"realtime","modalities":["text"]}}'),
    );
    expect((await client.next("error")).error).toMatchObject({
      type: "invalid_request_error",
      event_id: "e1",
      param: "session.modalities",
    });
    client.send(JSON.parse('{"type":"session.updat"}'));
    expect((await client.next("error")).error.message).toContain("session.updat");
    client.send({ type: "session.update", session: { type: "realtime", audio: { output: { voice: "nobody" } } } });
    expect((await client.next("error")).error.message).toContain("nobody");
    client.send({
      type: "session.update",
      session: { type: "realtime", audio: { output: { voice: "marin", format: { type: "audio/pcmu" } } } },
    });
    expect((await client.next("session.updated")).session).toMatchObject({
      audio: { output: { voice: "test/voice", format: { type: "audio/pcmu" } } },
    });
    client.send({ type: "input_audio_buffer.append", audio: "AAAA" });
    expect((await client.next("error")).error.message).toContain("text only");
    client.say("Hi");
    client.send({ type: "response.create" });
    await client.next("response.done");
    // A byte a sample, at 8,000 a second: "Yes." is 200 ms.
    expect(bytesOf(client.events)).toBe(1_600);
  });

  it("lets in who has the key, also where a browser offers it, and ends what lasts too long", async () => {
    const options = { models: { model: scripted([["Hi."]]) }, token: "secret" };
    const serving = await serve({
      ...options,
      realtime: { voice: new TestVoice(), transcriber: false, maxSessionMs: 1_000 },
    });
    closers.push(() => serving.close());
    const address = `${serving.url.replace("http", "ws")}/v1/realtime?model=model`;
    const refused = new WebSocket(address);
    const [, response] = await once(refused, "unexpected-response");
    expect(response.statusCode).toBe(401);
    refused.on("error", () => {});
    const offered = new WebSocket(address, ["realtime", "openai-insecure-api-key.secret"]);
    await once(offered, "open");
    expect(offered.protocol).toBe("realtime");
    offered.close();
    const client = new Client(serving, "model", "secret");
    expect((await client.next("error")).error.code).toBe("session_expired");
    const unknown = new Client(serving, "nobody", "secret");
    expect((await unknown.next("error")).error.code).toBe("unknown-model");
  });

  it("gives browsers keys for sessions of one kind, which begin sessions until they expire and do nothing else", async () => {
    const serving = await serve({
      models: { model: scripted([["Ahoy."]]) },
      token: "secret",
      realtime: { voice: new TestVoice(), transcriber: false },
    });
    closers.push(() => serving.close());
    const openai = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "secret" });
    const made = await openai.realtime.clientSecrets.create({
      expires_after: { anchor: "created_at", seconds: 60 },
      session: { type: "realtime", instructions: "Be a sailor.", output_modalities: ["text"] },
    });
    expect(made).toMatchObject({
      value: expect.stringMatching(/^ek_/),
      expires_at: expect.any(Number),
      session: { type: "realtime", model: "model", instructions: "Be a sailor.", output_modalities: ["text"] },
    });
    const client = new Client(serving, "model", made.value);
    expect((await client.next("session.created")).session).toMatchObject({ instructions: "Be a sailor." });
    client.say("Hi");
    client.send({ type: "response.create" });
    expect((await client.next("response.output_text.done")).text).toBe("Ahoy.");
    const other = await fetch(`${serving.url}/v1/models`, { headers: { authorization: `Bearer ${made.value}` } });
    expect(other.status).toBe(401);
    const address = `${serving.url.replace("http", "ws")}/v1/realtime`;
    const refused = new WebSocket(address, ["realtime", "openai-insecure-api-key.ek_0"]);
    refused.on("error", () => {});
    expect((await once(refused, "unexpected-response"))[1].statusCode).toBe(401);
    // @ts-expect-error: not a number of seconds that is allowed
    const wrong = openai.realtime.clientSecrets.create({ expires_after: { seconds: "x" } });
    await expect(wrong).rejects.toMatchObject({ status: 400 });
    const misspelt = { session: { type: "realtime" as const, instruction: "x" } };
    await expect(openai.realtime.clientSecrets.create(misspelt)).rejects.toMatchObject({ status: 400 });
    const webRtc = await fetch(`${serving.url}/v1/realtime/calls`, {
      method: "POST",
      headers: { authorization: "Bearer secret", "content-type": "application/sdp" },
      body: "v=0",
    });
    expect([webRtc.status, await webRtc.text()]).toEqual([501, expect.stringContaining("connect by WebSocket")]);
  });
});
