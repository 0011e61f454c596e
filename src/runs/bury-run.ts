import { stringifyEnvelope } from "../stream/envelope.js";
import { SluiceError } from "../stream/error.js";
import { chainOf, keepChain, keepRun, withLead } from "./redis-chain.js";
import { keysOf } from "./redis-keys.js";
import type { RedisWriting } from "./redis-run-writer.js";
import { BURY } from "./redis-scripts.js";

/** What became of a run whose writer was thought dead: it was ended, it lives or has ended already, there is none. */
export type Buried = "ended" | "alive" | "missing";

/** Ends a run with `run-lost` where its writer gives no sign of life. */
export function buryRun(shared: RedisWriting, run: string): Promise<Buried> {
  const message = `the process that wrote the run ${run} is gone; what it had written can still be read`;
  return end(shared, run, new SluiceError("run-lost", message, { retryable: true }), "");
}

/** Ends a run with the error for which its writer writes no more; whether it did. */
export async function giveUpRun(
  shared: RedisWriting,
  run: string,
  error: SluiceError,
  token: string,
): Promise<boolean> {
  return (await end(shared, run, error, token)) === "ended";
}

async function end(shared: RedisWriting, run: string, error: SluiceError, token: string): Promise<Buried> {
  const { connection, prefix, keepMs, holdMs } = shared;
  const text = stringifyEnvelope({ run, seq: 0, at: Date.now(), error });
  const [before = "", after = ""] = text.split('"seq":0', 2);
  const keys = keysOf(prefix, run);
  const values = [`${before}"seq":`, after, Date.now(), keepMs, keys.entries, token];
  const ended = await connection.script(BURY, keys, values);
  const chain = ended === 1 ? await chainOf(shared, run) : undefined;
  // The last of a chain is kept longest, by a moment: without it those before would look as if it had never been.
  if (chain !== undefined) await keepRun(shared, run, await keepChain(shared, chain, keepMs, withLead(holdMs)));
  return ended === 1 ? "ended" : ended === -1 ? "missing" : "alive";
}
