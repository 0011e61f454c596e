/** The least duration that is distinguished from others, in ms. */
const LEAST_MS = 0.05;
/** Buckets to a doubling: a percentile is off by at most 9 %. */
const STEPS = 4;
/** Up to 0.05 ms × 2^24, about 14 minutes. */
const BUCKETS = 24 * STEPS + 1;

/** Percentiles of durations. */
export interface Percentiles {
  count: number;
  /** In ms; absent if there is none. */
  p50?: number;
  p90?: number;
  p99?: number;
}

/** Durations of the last minutes, in buckets: what it holds does not grow with what it counts. */
export class DurationHistogram {
  /** Newest first. */
  readonly #slices: Uint32Array[] = [new Uint32Array(BUCKETS)];
  readonly #most: number;

  /** @param slices how many slices of time are remembered. */
  constructor(slices: number) {
    this.#most = slices;
  }

  /** @param ms how long something took. */
  record(ms: number): void {
    const [newest] = this.#slices;
    if (newest === undefined) return;
    const at = bucketOf(ms);
    newest[at] = (newest[at] ?? 0) + 1;
  }

  /** A slice of time is over: the oldest is forgotten, its space used again. */
  turn(): void {
    const oldest = this.#slices.length < this.#most ? undefined : this.#slices.pop();
    this.#slices.unshift(oldest?.fill(0) ?? new Uint32Array(BUCKETS));
  }

  /** The percentiles of all slices. */
  percentiles(): Percentiles {
    const all = new Uint32Array(BUCKETS);
    for (const slice of this.#slices) for (let i = 0; i < BUCKETS; i++) all[i] = (all[i] ?? 0) + (slice[i] ?? 0);
    return percentilesOf(all);
  }

  /** The percentiles of the newest slice alone. */
  newest(): Percentiles {
    return percentilesOf(this.#slices[0] ?? new Uint32Array(BUCKETS));
  }
}

function bucketOf(ms: number): number {
  if (!(ms > LEAST_MS)) return 0;
  return Math.min(BUCKETS - 1, Math.round(Math.log2(ms / LEAST_MS) * STEPS));
}

function percentilesOf(buckets: Uint32Array): Percentiles {
  let count = 0;
  for (const one of buckets) count += one;
  if (count === 0) return { count };
  return {
    count,
    p50: atRank(buckets, count * 0.5),
    p90: atRank(buckets, count * 0.9),
    p99: atRank(buckets, count * 0.99),
  };
}

function atRank(buckets: Uint32Array, rank: number): number {
  let seen = 0;
  for (let i = 0; i < buckets.length; i++) {
    seen += buckets[i] ?? 0;
    if (seen >= rank && seen > 0) return round(LEAST_MS * 2 ** (i / STEPS));
  }
  return 0;
}

function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms);
}
