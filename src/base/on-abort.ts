/** What waits for each signal: one listener stands for all of them. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Runs something when a signal is aborted; returns how to call it off. However many wait for one signal (a server hands one
 * to all of its calls), it has one listener: Node warns of a leak at the eleventh.
 */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  const known = waiting.get(signal);
  const all = known ?? new Set<() => void>();
  all.add(run);
  if (known === undefined) {
    waiting.set(signal, all);
    const aborted = () => {
      waiting.delete(signal);
      for (const one of [...all]) one();
    };
    signal.addEventListener("abort", aborted, { once: true });
  }
  return () => {
    all.delete(run);
  };
}
