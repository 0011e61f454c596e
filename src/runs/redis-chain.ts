import type { RedisConnection } from "./redis-connection.js";
import { CHAIN, chainKey, keysOf } from "./redis-keys.js";

/** Where the runs of a log stand. */
interface RunPlace {
  connection: RedisConnection;
  prefix: string;
}

/** How many runs are kept with one round of commands. */
const AT_ONCE = 500;

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

/** Runs are in a chain from now on. They are there already: what is not is taken for forgotten. */
export async function joinChain(
  { connection, prefix }: RunPlace,
  chain: string,
  runs: readonly string[],
): Promise<void> {
  await connection.run((redis) => redis.sadd(chainKey(prefix, chain), ...runs));
}

/** Whether the runs of a chain are kept for at least so many ms more. */
export async function isKept({ connection, prefix }: RunPlace, chain: string, ms: number): Promise<boolean> {
  return (await connection.run((redis) => redis.pttl(chainKey(prefix, chain)))) >= ms;
}

/**
 * Keeps the runs of a chain for so many ms from now on. Each has a node of its own, so this is no part of a script.
 *
 * @param last the one that is kept longest, by a moment: without it those before would look as if it had never been.
 */
export async function keepChain(place: RunPlace, chain: string, keepMs: number, last: string): Promise<void> {
  const { connection, prefix } = place;
  const key = chainKey(prefix, chain);
  const runs = (await connection.run((redis) => redis.smembers(key))).filter((run) => run !== last);
  const forgotten: string[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE);
    const kept = await Promise.all(some.map((run) => keepRun(place, run, keepMs)));
    forgotten.push(...some.filter((_, index) => kept[index] === false));
  }
  if (forgotten.length > 0) await connection.run((redis) => redis.srem(key, ...forgotten));
  await connection.run((redis) => redis.pexpire(key, keepMs));
  await keepRun(place, last, keepMs);
}

/** Whether there is such a run. */
async function keepRun({ connection, prefix }: RunPlace, run: string, keepMs: number): Promise<boolean> {
  const { log, known } = keysOf(prefix, run);
  const [, isKnown] = await connection.run((redis) =>
    Promise.all([redis.pexpire(log, keepMs), redis.pexpire(known, keepMs)]),
  );
  return isKnown === 1;
}
