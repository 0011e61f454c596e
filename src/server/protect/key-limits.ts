import type { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import type { ApiKey } from "./api-key.js";

const MINUTE_S = 60;
const DAY_S = 86_400;

interface Limits {
  requests?: RateLimiterMemory;
  tokens?: RateLimiterMemory;
  day?: RateLimiterMemory;
  concurrency: number;
}

/** Holds keys to what they may use, in this process. */
export class KeyLimits {
  readonly #limits: ReadonlyMap<string, Limits>;
  readonly #running = new Map<string, number>();

  private constructor(limits: ReadonlyMap<string, Limits>) {
    this.#limits = limits;
  }

  /** @throws {SluiceError} `unsupported` where a key has a limit and `rate-limiter-flexible` is not installed. */
  static async open(keys: readonly ApiKey[]): Promise<KeyLimits> {
    const limits = new Map<string, Limits>();
    for (const key of keys) limits.set(key.name, await limitsOf(key));
    return new KeyLimits(limits);
  }

  /**
   * Lets an answer begin.
   *
   * @returns what to call when it is over, with what it used.
   * @throws {SluiceError} `rate-limited` or `quota`, with how long to wait.
   */
  async begin(caller: string): Promise<(usage?: Usage) => void> {
    const limits = this.#limits.get(caller);
    if (limits === undefined) return () => {};
    const running = this.#running.get(caller) ?? 0;
    if (running >= limits.concurrency) {
      throw new SluiceError("rate-limited", `${limits.concurrency} answers at once are allowed`, {
        retryable: true,
        status: 429,
      });
    }
    await refuseSpent(limits.tokens, caller, "tokens a minute", "rate-limited");
    await refuseSpent(limits.day, caller, "tokens a day", "quota");
    await consume(limits.requests, caller);
    this.#running.set(caller, running + 1);
    return (usage) => {
      this.#running.set(caller, (this.#running.get(caller) ?? 1) - 1);
      const tokens = usage === undefined ? 0 : (totalTokens(usage) ?? 0);
      for (const limiter of [limits.tokens, limits.day]) void limiter?.penalty(caller, tokens);
    };
  }
}

async function limitsOf(key: ApiKey): Promise<Limits> {
  const { requestsPerMinute, tokensPerMinute, tokensPerDay, concurrency = Number.POSITIVE_INFINITY } = key;
  if (requestsPerMinute === undefined && tokensPerMinute === undefined && tokensPerDay === undefined)
    return { concurrency };
  const load = () => import("rate-limiter-flexible");
  const { RateLimiterMemory } = await loadPeer("rate-limiter-flexible", "limits of keys", load);
  const limiter = (points: number | undefined, duration: number) =>
    points === undefined ? undefined : new RateLimiterMemory({ points, duration });
  const requests = limiter(requestsPerMinute, MINUTE_S);
  const tokens = limiter(tokensPerMinute, MINUTE_S);
  const day = limiter(tokensPerDay, DAY_S);
  return { concurrency, ...(requests && { requests }), ...(tokens && { tokens }), ...(day && { day }) };
}

async function consume(limiter: RateLimiterMemory | undefined, caller: string): Promise<void> {
  try {
    await limiter?.consume(caller);
  } catch (rejected) {
    throw spent(rejected as RateLimiterRes, "requests a minute", "rate-limited", limiter?.points ?? 0);
  }
}

/** What an answer uses is known when it is over: the next one is refused. */
async function refuseSpent(
  limiter: RateLimiterMemory | undefined,
  caller: string,
  what: string,
  code: "rate-limited" | "quota",
): Promise<void> {
  const used = (await limiter?.get(caller)) ?? null;
  if (limiter !== undefined && used !== null && used.consumedPoints >= limiter.points)
    throw spent(used, what, code, limiter.points);
}

function spent(
  { msBeforeNext }: RateLimiterRes,
  what: string,
  code: "rate-limited" | "quota",
  limit: number,
): SluiceError {
  const message = `the key's limit of ${limit} ${what} is reached`;
  return new SluiceError(code, message, { retryable: true, status: 429, retryAfterMs: Math.max(msBeforeNext, 0) });
}
