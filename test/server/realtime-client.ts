import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeClientEvent, RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { onTestFinished } from "vitest";
import type { RealtimeOptions } from "../../src/server/realtime/realtime-options.js";
import type { Transcriber } from "../../src/speech/listen/transcriber.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { SluiceError } from "../../src/stream/error.js";
import { TestVoice } from "../speech/test-voice.js";
import { type Serving, serve } from "./serve.js";

type EventOf<T extends string> = Extract<RealtimeServerEvent, { type: T }>;

/** The vendor's own client, and the events that it was given. */
export class RealtimeClient {
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
    onTestFinished(() => this.socket.close());
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

/** A session with a server of this model alone, with the test voice. */
export async function beginSession(model: ChatModel, realtime: RealtimeOptions = {}): Promise<RealtimeClient> {
  const serving = await serve({
    models: { model },
    realtime: { voice: new TestVoice(), transcriber: false, ...realtime },
  });
  onTestFinished(() => serving.close());
  const client = new RealtimeClient(serving);
  await once(client.socket.socket, "open");
  return client;
}

/** Hears these texts, one after the other. */
export function transcriberOf(...texts: string[]): Transcriber & { heard: number[] } {
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
export function bytesOf(events: readonly RealtimeServerEvent[]): number {
  let bytes = 0;
  for (const event of events)
    if (event.type === "response.output_audio.delta") bytes += Buffer.from(event.delta, "base64").length;
  return bytes;
}
