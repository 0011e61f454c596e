import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import type { RunLog } from "../../src/runs/run-log.js";
import type { LocalServer } from "../support/local-server.js";

/** A kind of log that two servers share. */
export interface ReplicatedLog {
  name: string;
  /** What each of the two has. */
  open(): Promise<[RunLog, RunLog]>;
}

/** The logs that two servers can share here: one in memory, and a Redis where there is one. */
export function replicatedLogs(redis: LocalServer | undefined): ReplicatedLog[] {
  const inMemory = (): Promise<[RunLog, RunLog]> => {
    const log = new MemoryRunLog();
    return Promise.resolve([log, log]);
  };
  const memory = { name: "memory", open: inMemory };
  if (redis === undefined) return [memory];
  const inRedis = (): Promise<[RunLog, RunLog]> => {
    // Who opens them anew begins with nothing.
    const settings = { url: redis.url, collectMs: 1, prefix: crypto.randomUUID() };
    return Promise.all([RedisRunLog.open(settings), RedisRunLog.open(settings)]);
  };
  return [memory, { name: "Redis, two replicas", open: inRedis }];
}
