import type { Dialect } from "../../src/dialects/dialect.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { writeNdjson, writeSse } from "../../src/stream/framing/write-frame.js";
import type { Behaviour } from "./fault-server.js";

/** An answer's bytes on the wire of a dialect, a frame each; the last is the end marker, where there is one. */
export function framesOf(dialect: Dialect, events: readonly ChatEvent[]): string[] {
  const frames: string[] = [];
  const write = (frame: Parameters<typeof writeSse>[0]) => {
    frames.push(dialect.framing === "sse" ? writeSse(frame) : writeNdjson(frame));
  };
  const request = {
    messages: [{ role: "user" as const, content: "Hi" }],
    providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
  };
  const writer = dialect.writer({ model: "model-1", request, created: 1_700_000_000 });
  for (const event of events) writer.push(event, write);
  writer.end(write);
  return frames;
}

/** All of it, a write for each piece. */
export function whole(pieces: readonly (string | Uint8Array)[]): Behaviour {
  return async (reply) => {
    await reply.head();
    for (const piece of pieces) await reply.chunk(piece);
    await reply.end();
  };
}

/** The pieces, and an orderly end of the HTTP body. */
export const earlyClose = whole;

/** The pieces, each in its own turn of the event loop, so that each is a read of its own. */
export function drip(pieces: readonly (string | Uint8Array)[]): Behaviour {
  return async (reply) => {
    await reply.head();
    for (const piece of pieces) {
      await reply.chunk(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await reply.end();
  };
}

/** The pieces, then the connection breaks. */
export function cutAfter(...pieces: (string | Uint8Array)[]): Behaviour {
  return async (reply) => {
    await reply.head();
    for (const piece of pieces) await reply.chunk(piece);
    reply.cut();
  };
}

/** The pieces, then nothing; the connection stays open. */
export function stallAfter(...pieces: (string | Uint8Array)[]): Behaviour {
  return async (reply) => {
    await reply.head();
    for (const piece of pieces) await reply.chunk(piece);
  };
}

/** An answer that is no success, in one body. */
export function refuse(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (reply) => reply.json(status, body, headers);
}

/** The request is taken, and nothing comes back. */
export const silent: Behaviour = () => {};

/** The connection breaks before a byte of the answer. */
export const hangUp: Behaviour = (reply) => reply.cut();
