/** What shows something once a frame, as long as there is something new. */
export interface Flushed {
  flush(): void;
}

/** Of the time that passes, the share that flushes may take: one that took 2 ms waits 16 until the next. */
const SHARE = 1 / 8;

const waiting = new Map<Flushed, number>();
let asked = false;

/** Shows it with the next frame; several changes are one flush. What costs more is flushed less often. */
export function flushSoon(one: Flushed): void {
  if (!waiting.has(one)) waiting.set(one, rested.get(one) ?? 0);
  ask();
}

/** When each may be flushed again, on the page's clock. */
const rested = new WeakMap<Flushed, number>();

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

function frame(): void {
  asked = false;
  for (const [one, notBefore] of [...waiting]) {
    const began = performance.now();
    if (began < notBefore) continue;
    waiting.delete(one);
    one.flush();
    const took = performance.now() - began;
    rested.set(one, began + took / SHARE);
  }
  if (waiting.size > 0) ask();
}
