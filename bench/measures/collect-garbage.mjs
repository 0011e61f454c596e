/** Collects garbage, as far as `--expose-gc` can; returns what remains on the heap, in bytes. */
export function collectGarbage() {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
