/** How long one go may take, in ms: less than half of a frame. */
const SLICE_MS = 6;

const waiting = new Set<() => void>();
let asked = false;

/** Runs it when there is time for it, a few at a time. Returns how to call it off. */
export function whenThereIsTime(run: () => void): () => void {
  waiting.add(run);
  ask();
  return () => void waiting.delete(run);
}

function ask(): void {
  if (asked) return;
  asked = true;
  // A timer and not an idle callback: Safari has none.
  setTimeout(go, 16);
}

function go(): void {
  asked = false;
  const began = performance.now();
  for (const run of waiting) {
    waiting.delete(run);
    run();
    if (performance.now() - began > SLICE_MS) break;
  }
  if (waiting.size > 0) ask();
}

const runs = new WeakMap<Element, () => void>();
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      runs.get(target)?.();
    }
  },
  { rootMargin: "600px" },
);

/** Runs it as soon as an element is in sight, or nearly. Returns how to call it off. */
export function whenInSight(element: Element, run: () => void): () => void {
  runs.set(element, run);
  observer.observe(element);
  return () => observer.unobserve(element);
}
