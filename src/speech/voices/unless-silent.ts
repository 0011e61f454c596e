import type { Clock } from "../../base/clock.js";
import { onAbort } from "../../base/on-abort.js";
import { SluiceError } from "../../stream/error.js";
import type { AudioChunk, Voice } from "./voice.js";

/** How long a voice that does not say may make nothing, in ms: as a stream of a service may before its first byte. */
const MAX_SILENCE_MS = 120_000;

/** How long a voice may make nothing while its audio is waited for, in ms. */
export function longestSilenceMs({ idleMs = MAX_SILENCE_MS }: Pick<Voice, "idleMs">): number {
  return idleMs;
}

/** The error of a voice that made nothing for too long. */
export function fellSilent(voice: Voice): SluiceError {
  const message = `${voice.id} made no audio within ${longestSilenceMs(voice)} ms`;
  return new SluiceError("idle-timeout", message, { retryable: true, model: voice.id });
}

/**
 * What a voice makes, as long as it makes something: one that is the application's own may wait for ever, and may not listen
 * to its signal either.
 *
 * @param stop stops the voice; aborted before it fails.
 * @throws {SluiceError} `idle-timeout`; what the voice throws.
 */
export async function* unlessSilent(
  chunks: AsyncIterable<AudioChunk> | Iterable<AudioChunk>,
  voice: Voice,
  clock: Clock,
  stop: AbortController,
): AsyncGenerator<AudioChunk, void, undefined> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let left = true;
  try {
    for (;;) {
      left = false;
      const next = await within(iterator.next(), voice, clock, stop);
      if (next.done === true) return;
      left = true;
      yield next.value;
    }
  } finally {
    // One that failed, ended or hangs is not waited for.
    if (left) await iterator.return?.();
  }
}

function within<T>(next: T | Promise<T>, voice: Voice, clock: Clock, stop: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(longestSilenceMs(voice), () => {
      const error = fellSilent(voice);
      reject(error);
      stop.abort(error);
    });
    // One that is stopped is not waited for.
    const forget = onAbort(stop.signal, callOff);
    const over = () => {
      callOff();
      forget();
    };
    Promise.resolve(next).then(resolve, reject).finally(over);
  });
}
