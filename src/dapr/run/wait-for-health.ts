import { type Clock, wait } from "../../base/clock.js";

/** Settings of `waitForHealth`. */
export interface HealthWait {
  /** Asks once; whatever it throws means no. */
  probe(signal: AbortSignal): Promise<boolean>;
  clock: Clock;
  /** Gives up the wait: it rejects with the signal's reason. */
  signal: AbortSignal;
  /** In ms. Default 60 s, as `dapr run` waits. */
  timeoutMs?: number;
  /** Between two tries, in ms. Default 100. */
  intervalMs?: number;
}

/** Waits until a sidecar says that it is ready; resolves to whether it did in time. */
export async function waitForHealth(options: HealthWait): Promise<boolean> {
  const { probe, clock, signal, timeoutMs = 60_000, intervalMs = 100 } = options;
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const left = deadline - clock.now();
    if (left <= 0) return false;
    if (await withinTime(probe, left, clock, signal)) return true;
    await wait(Math.min(intervalMs, Math.max(deadline - clock.now(), 0)), clock, signal);
  }
}

async function withinTime(probe: HealthWait["probe"], ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const late = new AbortController();
  const callOff = clock.after(ms, () => late.abort());
  try {
    return await probe(AbortSignal.any([signal, late.signal]));
  } catch {
    return false;
  } finally {
    callOff();
  }
}

/** Asks a Dapr sidecar whether it answers calls: this is so before its app is there, which it may be waiting for itself. */
export function outboundHealth(baseUrl: string): HealthWait["probe"] {
  return async (signal) => {
    const answer = await fetch(`${baseUrl}/v1.0/healthz/outbound`, { signal });
    await answer.body?.cancel();
    return answer.ok;
  };
}
