import type { RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import { SluiceError } from "../../stream/error.js";
import { totalTokens } from "../../stream/usage.js";
import type { RunUse } from "../run-meter.js";
import type { ApiKey } from "./api-key.js";
import { type LimitWindow, windowsOf } from "./limit-window.js";
import { type OpenLimiters, openLimiters } from "./open-limiters.js";

/** One of a key's limits. */
interface Window extends LimitWindow {
  limiter: RateLimiterAbstract;
}

interface Limits {
  windows: readonly Window[];
  concurrency: number;
  /** Names of models of which an answer's cost was not known; absent where the key has no budget. */
  unpriced?: Set<string>;
}

/** Holds keys to what they may use: in this process, or with all that count in the same Redis. */
export class KeyLimits {
  readonly #limits: ReadonlyMap<string, Limits>;
  readonly #running = new Map<string, number>();
  readonly #close: () => void;

  private constructor(limits: ReadonlyMap<string, Limits>, close: () => void) {
    this.#limits = limits;
    this.#close = close;
  }

  /**
   * @param redisUrl where to count; default: here.
   * @throws {SluiceError} `unsupported` where a key has a limit and `rate-limiter-flexible` is not installed, or `ioredis`
   *   for limits that are shared.
   */
  static async open(keys: readonly ApiKey[], redisUrl?: string): Promise<KeyLimits> {
    const limited = keys.some((key) => windowsOf(key).length > 0);
    const { open, close } = limited ? await openLimiters(redisUrl) : NONE;
    const limits = keys.map((key) => [key.name, limitsOf(key, open)] as const);
    return new KeyLimits(new Map(limits), close);
  }

  /**
   * Lets an answer begin.
   *
   * @returns what to call when it is over, with what it used.
   * @throws {SluiceError} `rate-limited` or `quota`, with how long to wait.
   */
  async begin(caller: string, model: string): Promise<(use?: RunUse) => void> {
    const limits = this.#limits.get(caller);
    if (limits === undefined) return () => {};
    const { windows, concurrency, unpriced } = limits;
    if (unpriced?.has(model)) {
      const message = `this key has a budget in USD, and what ${model} costs is not known`;
      throw new SluiceError("quota", message, { status: 402, model });
    }
    const running = this.#running.get(caller) ?? 0;
    if (running >= concurrency) {
      const message = `${concurrency} answers at once are allowed`;
      throw new SluiceError("rate-limited", message, { retryable: true, status: 429 });
    }
    // Taken before anything is waited for, so that requests that come together are counted.
    this.#running.set(caller, running + 1);
    try {
      await Promise.all(windows.map((window) => refuseSpent(window, caller)));
      await Promise.all(windows.map((window) => countRequest(window, caller)));
    } catch (thrown) {
      this.#leave(caller);
      throw thrown;
    }
    return (use) => {
      this.#leave(caller);
      if (use === undefined) return;
      if (use.costUsd === undefined && totalTokens(use.usage)) unpriced?.add(model);
      for (const { limiter, used } of windows) {
        const points = used?.(use) ?? 0;
        // Where the store is away, the limiter counts here.
        if (points > 0) limiter.penalty(caller, points).catch(() => {});
      }
    };
  }

  close(): void {
    this.#close();
  }

  #leave(caller: string): void {
    this.#running.set(caller, (this.#running.get(caller) ?? 1) - 1);
  }
}

/** Where no key has a limit, nothing is loaded. */
const NONE: OpenLimiters = {
  open: ({ what }) => {
    throw new SluiceError("protocol", `nothing counts ${what}`);
  },
  close: () => {},
};

function limitsOf(key: ApiKey, open: OpenLimiters["open"]): Limits {
  const { concurrency = Number.POSITIVE_INFINITY, usdPerDay, usdPerMonth } = key;
  const windows = windowsOf(key).map((window) => ({ ...window, limiter: open(window) }));
  const budgeted = usdPerDay !== undefined || usdPerMonth !== undefined;
  return { windows, concurrency, ...(budgeted && { unpriced: new Set<string>() }) };
}

/** What an answer uses is known when it is over: the next one is refused. */
async function refuseSpent(window: Window, caller: string): Promise<void> {
  if (window.used === undefined) return;
  const spent = await window.limiter.get(caller);
  if (spent !== null && spent.consumedPoints >= window.points) throw refusal(window, spent.msBeforeNext);
}

async function countRequest(window: Window, caller: string): Promise<void> {
  if (window.used !== undefined) return;
  try {
    await window.limiter.consume(caller);
  } catch (rejected) {
    if (rejected instanceof Error)
      throw new SluiceError("store-failed", "limits cannot be counted", { cause: rejected });
    throw refusal(window, (rejected as RateLimiterRes).msBeforeNext);
  }
}

function refusal({ what, code }: Window, waitMs: number): SluiceError {
  const message = `the key's limit of ${what} is reached`;
  return new SluiceError(code, message, { retryable: true, status: 429, retryAfterMs: Math.max(waitMs, 0) });
}
