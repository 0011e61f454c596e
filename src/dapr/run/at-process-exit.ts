const pending = new Set<() => void>();

function runAll(): void {
  for (const step of pending) step();
}

/**
 * Does something when this process ends in mid-work, for example because nobody reads its output any more: nothing may be
 * left behind then either. What is done cannot wait for anything.
 *
 * @returns how to call it off.
 */
export function atProcessExit(step: () => void): () => void {
  if (pending.size === 0) process.once("exit", runAll);
  pending.add(step);
  return () => {
    pending.delete(step);
    if (pending.size === 0) process.off("exit", runAll);
  };
}
