import { parseJson } from "../base/json.js";
import type { RedisConnection } from "./redis-connection.js";
import { CHAIN, keysOf } from "./redis-keys.js";

/** Where the runs of a log stand. */
interface RunPlace {
  connection: RedisConnection;
  prefix: string;
}

/** The runs that a run follows, the first of all first; none for a run that is not kept. */
export async function followedBy({ connection, prefix }: RunPlace, run: string): Promise<string[]> {
  const text = await connection.run((redis) => redis.hget(keysOf(prefix, run).known, CHAIN));
  const runs = parseJson(text ?? "[]");
  return Array.isArray(runs) ? runs.map(String) : [];
}

/** Keeps runs for so many ms from now on. Each has a node of its own, so this is no part of a script. */
export async function keepRuns(
  { connection, prefix }: RunPlace,
  runs: readonly string[],
  keepMs: number,
): Promise<void> {
  if (runs.length === 0) return;
  const keys = runs.map((run) => keysOf(prefix, run));
  await connection.run((redis) =>
    Promise.all(keys.flatMap(({ log, known }) => [redis.pexpire(log, keepMs), redis.pexpire(known, keepMs)])),
  );
}
