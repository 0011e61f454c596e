import type { Fact, FoundFact } from "./fact-store.js";

/**
 * Damps the lead of the first ranks: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
 * Rank Learning Methods", SIGIR 2009.
 */
const K = 60;

/** Rankings as one, by reciprocal ranks, so that scores of different kinds need no common scale. */
export function fused(rankings: readonly (readonly Fact[])[], limit: number): FoundFact[] {
  const scores = new Map<string, { fact: Fact; score: number }>();
  const best = rankings.length / (K + 1);
  for (const ranking of rankings) {
    for (const [rank, fact] of ranking.entries()) {
      const part = 1 / (K + rank + 1) / best;
      const known = scores.get(fact.id);
      if (known === undefined) scores.set(fact.id, { fact, score: part });
      else known.score += part;
    }
  }
  return [...scores.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ fact, score }) => ({ ...fact, score }));
}
