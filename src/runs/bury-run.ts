import { stringifyEnvelope } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { chainOf, keepChain } from "./redis-chain.js";
import { keysOf } from "./redis-keys.js";
import type { RedisWriting } from "./redis-run-writer.js";
import { BURY } from "./redis-scripts.js";

/** What became of a run whose writer was thought dead: it was ended, it lives or has ended already, there is none. */
export type Buried = "ended" | "alive" | "missing";

/** Ends a run with `run-lost` where its writer gives no sign of life. */
export async function buryRun(shared: RedisWriting, run: string): Promise<Buried> {
  const { connection, prefix, keepMs, holdMs } = shared;
  const message = `the process that wrote the run ${run} is gone; what it had written can still be read`;
  const error = new SluiceError("run-lost", message, { retryable: true });
  const text = stringifyEnvelope({ run, seq: 0, at: Date.now(), error });
  const [before = "", after = ""] = text.split('"seq":0', 2);
  const keys = keysOf(prefix, run);
  const values = [`${before}"seq":`, after, Date.now(), keepMs, keys.entries];
  const ended = await connection.script(BURY, keys, values);
  const chain = ended === 1 ? await chainOf(shared, run) : undefined;
  if (chain !== undefined) await keepChain(shared, chain, holdMs, run);
  return ended === 1 ? "ended" : ended === -1 ? "missing" : "alive";
}
