import type { MemoryHit, MemoryItem } from "./memory-index.js";

/** Hits of what was found, the best first: the best has the similarity 1, the others their share of its rank. */
export function similarities(found: readonly (MemoryItem & { rank: number })[], threshold: number): MemoryHit[] {
  const best = found[0]?.rank ?? 1;
  return found
    .map(({ id, content, metadata, rank }) => ({ id, content, metadata, similarity: best > 0 ? rank / best : 1 }))
    .filter(({ similarity }) => similarity >= threshold);
}
