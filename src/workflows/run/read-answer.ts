import type { BatchReader } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import type { StepAnswer } from "../steps/step-context.js";
import type { LiveText } from "./live-text.js";
import type { AnswerVoice } from "./run-answer.js";
import type { RunCore } from "./run-core.js";
import { nestedEvents } from "./run-events.js";
import { StreamBuffer, type StreamBufferSettings, type StreamBufferStats } from "./stream-buffer.js";

/** Where what a step streams goes. */
export interface AnswerPaths {
  core: RunCore;
  /** The key of the step. */
  from: string;
  /** Counted from 1. */
  attempt: number;
  /** Whether it opens an attempt, and the output of the one before is void. */
  voids: boolean;
  signal: AbortSignal;
  buffer: StreamBufferSettings | undefined;
  live: LiveText | undefined;
  answer: AnswerVoice | undefined;
}

/** Reads a step's stream to its end. Each event goes on as it arrives: to the run's reader, and to steps that read along. */
export async function readAnswer(stream: ChatStream, claim: BatchReader, paths: AnswerPaths): Promise<StepAnswer> {
  const { core, from, attempt, voids, signal, live, answer } = paths;
  const onAbort = () => claim.cancel(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const reader = new AnswerReader(paths);
  // The output of an earlier attempt is void for whoever heard it; this one is an inner stream of its own.
  if (voids) {
    await core.write(nestedEvents(from, attempt - 1, [{ type: "retract", reason: `attempt ${attempt}` }]));
    live?.retract(`attempt ${attempt}`);
    answer?.retract(`attempt ${attempt}`);
  }
  try {
    for (;;) {
      const pulled = claim.next();
      const batch = pulled instanceof Promise ? await pulled : pulled;
      if (batch === undefined) break;
      const slow = reader.batch(batch);
      if (slow !== undefined) await slow;
    }
    signal.throwIfAborted();
    reader.end();
  } catch (thrown) {
    reader.end();
    if (signal.aborted && SluiceError.from(thrown).code === "cancelled") throw signal.reason;
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  const [text, message, usage, finishReason] = await Promise.all([
    stream.fullText,
    stream.message,
    stream.usage,
    stream.finishReason,
  ]);
  const { ttftMs, durationMs = 0 } = stream.timing;
  return {
    text,
    message,
    usage,
    finishReason,
    chunks: reader.chunks,
    ...(reader.buffered && { buffered: reader.buffered, bufferStats: { ...reader.stats } }),
    ...(ttftMs !== undefined && { ttftMs }),
    durationMs,
    files: reader.files,
    sound: reader.sound,
    steps: Math.max(1, reader.steps),
  };
}

class AnswerReader {
  readonly files: StepAnswer["files"] = [];
  readonly sound: Uint8Array[] = [];
  readonly buffered: string[] | undefined;
  chunks: string[] = [];
  steps = 0;
  readonly #paths: AnswerPaths;
  readonly #buffer: StreamBuffer | undefined;
  /** Chunks that a `step-start` inside the answer does not take back. */
  #kept = 0;

  constructor(paths: AnswerPaths) {
    this.#paths = paths;
    const { buffer, core } = paths;
    if (buffer === undefined) return;
    const pieces: string[] = [];
    this.buffered = pieces;
    this.#buffer = new StreamBuffer(buffer, core.clock, (text) => {
      pieces.push(text);
      void this.#forward([{ type: "text-delta", text }]);
    });
  }

  get stats(): StreamBufferStats | undefined {
    return this.#buffer?.stats;
  }

  batch(batch: readonly ChatEvent[]): void | Promise<void> {
    // The step's own stream comes before what is made of it.
    const forwarded = this.#buffer === undefined ? this.#forward(batch) : this.#buffered(this.#buffer, batch);
    let slow: Promise<void> | undefined;
    for (const event of batch) {
      if (event.type === "text-delta") slow = this.#text(event.text) ?? slow;
      else if (event.type === "retract") this.#retract(event.reason);
      else if (event.type === "step-start") this.#step();
      else if (event.type === "audio-delta") this.sound.push(event.data);
      else if (event.type === "file") this.files.push({ mediaType: event.mediaType, data: event.data });
    }
    if (slow === undefined) return forwarded;
    return Promise.all([slow, forwarded]).then(() => {});
  }

  /** The stream is over: what waits in the buffer goes on, also where it failed, since it was received. */
  end(): void {
    this.#buffer?.flush();
  }

  #text(text: string): Promise<void> | undefined {
    const { live, answer } = this.#paths;
    this.chunks.push(text);
    const read = promiseOf(live?.write(text));
    const heard = promiseOf(answer?.say(text));
    if (read === undefined || heard === undefined) return read ?? heard;
    return Promise.all([read, heard]).then(() => {});
  }

  #retract(reason: string): void {
    const { live, answer } = this.#paths;
    this.chunks.length = this.#kept;
    live?.retract(reason);
    answer?.retract(reason);
  }

  #step(): void {
    this.steps++;
    this.#kept = this.chunks.length;
  }

  /** Text waits in the buffer; anything else comes after the text before it. */
  #buffered(buffer: StreamBuffer, batch: readonly ChatEvent[]): void | Promise<void> {
    let slow: Promise<void> | undefined;
    for (const event of batch) {
      if (event.type === "text-delta" && event.opaque === undefined) buffer.push(event.text);
      else {
        // What waits and is void is never emitted.
        if (event.type === "retract") buffer.clear();
        buffer.flush();
        slow = promiseOf(this.#forward([event])) ?? slow;
      }
    }
    return slow;
  }

  #forward(batch: readonly ChatEvent[]): void | Promise<void> {
    const { core, from, attempt } = this.#paths;
    return core.write(nestedEvents(from, attempt, batch));
  }
}

function promiseOf(written: void | Promise<void>): Promise<void> | undefined {
  return written instanceof Promise ? written : undefined;
}
