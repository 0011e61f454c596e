import type { RedisConnection } from "./redis-connection.js";
import { CHAIN, chainKey, keysOf } from "./redis-keys.js";
import { JOIN } from "./redis-scripts.js";

/** Where the runs of a log stand. */
interface RunPlace {
  connection: RedisConnection;
  prefix: string;
}

/** How many runs are kept with one round of commands. */
const AT_ONCE = 500;

/**
 * How long the runs of a chain are kept where they must be kept for so many ms: half as long again. Then one round of commands does for
 * all turns that follow one another within that half.
 */
export function withLead(ms: number): number {
  return Math.ceil(ms * 1.5);
}

/** The chain that a run is in, by the name of its first run; `undefined` where it follows none. */
export async function chainOf({ connection, prefix }: RunPlace, run: string): Promise<string | undefined> {
  const chain = await connection.run((redis) => redis.hget(keysOf(prefix, run).known, CHAIN));
  return chain ?? undefined;
}

/** The chain of a run that follows another; `undefined` where that is not kept. */
export async function chainBehind({ connection, prefix }: RunPlace, follows: string): Promise<string | undefined> {
  const { known } = keysOf(prefix, follows);
  const [state, chain] = await connection.run((redis) => redis.hmget(known, "state", CHAIN));
  return typeof state === "string" ? (chain ?? follows) : undefined;
}

/**
 * Runs are in a chain from now on. They are there already: what is not is taken for forgotten.
 *
 * @param lifeMs how long a new chain is kept until it is kept by `keepChain`, which is to come next.
 */
export async function joinChain(
  { connection, prefix }: RunPlace,
  chain: string,
  runs: readonly string[],
  lifeMs: number,
): Promise<void> {
  // The first is always there: the process that began the second may have died before it joined the two.
  await connection.scriptOn(JOIN, [chainKey(prefix, chain)], [lifeMs, chain, ...runs]);
}

/** A run is forgotten: its chain does without. */
export async function leaveChain(place: RunPlace, run: string): Promise<void> {
  const chain = await chainOf(place, run);
  if (chain !== undefined) await place.connection.run((redis) => redis.srem(chainKey(place.prefix, chain), run));
}

/**
 * Keeps the runs of a chain for at least so many ms from now on, and returns for how many. Each has a node of its own, so this is no
 * part of a script; mostly they are kept for as long already.
 *
 * @param renewedMs for how long they are kept where that is not so.
 */
export async function keepChain(place: RunPlace, chain: string, ms: number, renewedMs: number): Promise<number> {
  const { connection, prefix } = place;
  const key = chainKey(prefix, chain);
  const left = await connection.run((redis) => redis.pttl(key));
  if (left >= ms) return left;
  const runs = [...new Set([chain, ...(await connection.run((redis) => redis.smembers(key)))])];
  const forgotten: string[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE);
    const kept = await Promise.all(some.map((run) => keepRun(place, run, renewedMs)));
    forgotten.push(...some.filter((_, index) => kept[index] === false));
  }
  if (forgotten.length > 0) await connection.run((redis) => redis.srem(key, ...forgotten));
  await connection.run((redis) => redis.pexpire(key, renewedMs));
  return renewedMs;
}

/** Keeps one run for so many ms; whether there is such a run. */
export async function keepRun({ connection, prefix }: RunPlace, run: string, keepMs: number): Promise<boolean> {
  const { log, known } = keysOf(prefix, run);
  const [, isKnown] = await connection.run((redis) =>
    Promise.all([redis.pexpire(log, keepMs), redis.pexpire(known, keepMs)]),
  );
  return isKnown === 1;
}
