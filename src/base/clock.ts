import { onAbort } from "./on-abort.js";

/** Time, so that tests can bring their own. */
export interface Clock {
  /** Ms on a clock that never goes back. */
  now(): number;
  /** Runs something after `ms`; returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    // Longer waits than a timer can hold (2^31 - 1 ms) are as good as for ever.
    const timer = setTimeout(run, Math.min(ms, 2_147_483_647));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or rejects with the signal's reason as soon as it is aborted. */
export function wait(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const forget = signal === undefined ? undefined : onAbort(signal, () => left(signal.reason));
    const callOff = clock.after(ms, () => {
      forget?.();
      resolve();
    });
    const left = (reason: unknown) => {
      callOff();
      reject(reason);
    };
  });
}
