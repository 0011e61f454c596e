import { type Clock, systemClock, wait } from "../base/clock.js";
import type { ReadingDialect } from "../dialects/dialect.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { clock as clockCheck, exactly, filledString, having, positive } from "../stream/checks.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { defineModel } from "./define-model.js";
import { isRecording, parseRecording, type Recording } from "./recording.js";

/** Settings of `replay`. */
export interface ReplayOptions {
  /** 1 is the original pace (default), 2 twice as fast, `Infinity` without pauses. */
  speed?: number;
  /** The dialect of a raw provider stream. Default: recognised from its first frames. */
  dialect?: ReadingDialect;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("replay", {
  speed: positive,
  dialect: having("a dialect that reads", "reader"),
  clock: clockCheck,
});

/**
 * A model that answers every call with a recorded stream: one that `record` wrote, with its original pace, or a raw
 * provider stream (SSE, NDJSON, or one JSON object a line), which has no times and is played without pauses.
 *
 * The stream fails with `invalid-argument` when the file cannot be read or its dialect is not recognised; with
 * `malformed-frame` where it is damaged; with `truncated` after what is there, where its end is missing (the reader left
 * while it was recorded, or the process ended); and as the recorded stream did.
 *
 * @throws {SluiceError} `invalid-argument` when `speed` is not above 0.
 * @example
 * ```ts
 * import { replay, stream } from "sluice";
 *
 * for await (const text of stream(replay("answer.jsonl", { speed: 4 }), "Hi").text) process.stdout.write(text);
 * ```
 */
export function replay(file: string, options: ReplayOptions = {}): ChatModel {
  filledString(file, "file");
  OPTIONS(options, "");
  const { speed = 1, dialect, clock = systemClock } = options;
  return defineModel({
    id: `replay/${file}`,
    async *stream(_request, { signal }) {
      const bytes = await readRecording(file);
      const recording = await decode(bytes, dialect);
      let now = 0;
      const pause = async (until: number) => {
        if (until > now && speed < Number.POSITIVE_INFINITY) await wait((until - now) / speed, clock, signal);
        now = until;
      };
      for (const { t, event } of recording.events) {
        await pause(t);
        yield event;
      }
      if (recording.error !== undefined) {
        await pause(recording.error.t);
        throw recording.error.error;
      }
      if (recording.events.at(-1)?.event.type === "finish") return;
      throw new SluiceError("truncated", `the recording ${file} ends before its answer does`);
    },
  });
}

/** The largest recording that is played, in bytes: all of it is read before it is. */
const MAX_BYTES = 256 * 1024 * 1024;

/** @throws {SluiceError} `invalid-argument` for what cannot be read, has no end (a pipe, a device) or is too large. */
async function readRecording(file: string): Promise<Uint8Array> {
  const refused = (why: string, cause?: unknown) =>
    new SluiceError("invalid-argument", `${file} cannot be read: ${why}`, { field: "file", cause });
  try {
    const { readFile, stat } = await import("node:fs/promises");
    const found = await stat(file);
    // What is no file may never end, and opening it may wait for somebody to write.
    if (!found.isFile()) throw refused("it is no file");
    if (found.size > MAX_BYTES) throw refused(`it has ${found.size} bytes; allowed: up to ${MAX_BYTES}`);
    return await readFile(file);
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : refused(messageOf(cause), cause);
  }
}

async function decode(bytes: Uint8Array, dialect: ReadingDialect | undefined): Promise<Recording> {
  const text = new TextDecoder().decode(bytes);
  return isRecording(text) ? parseRecording(text) : decodeWire(text, dialect);
}

/** A raw provider stream as a recording without times. An error in it, or a missing end, ends the recording as well. */
async function decodeWire(text: string, dialect: ReadingDialect | undefined): Promise<Recording> {
  // It knows every dialect; those that this application does not use should not be loaded for it.
  const { recogniseWire } = await import("../dialects/recognise-wire.js");
  const wire = recogniseWire(text, dialect);
  const events: { t: number; event: ChatEvent }[] = [];
  const emit = (event: ChatEvent) => void events.push({ t: 0, event });
  const reader = wire.dialect.reader();
  try {
    for (const frame of wire.frames) reader.push(frame, emit);
    reader.end(emit);
    return { model: "", events };
  } catch (thrown) {
    return { model: "", events, error: { t: 0, error: SluiceError.from(thrown) } };
  }
}
