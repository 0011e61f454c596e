import type { RateLimiterAbstract } from "rate-limiter-flexible";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { LimitWindow } from "./limit-window.js";

/** Where limits are counted. */
export interface OpenLimiters {
  open(window: LimitWindow): RateLimiterAbstract;
  close(): void;
}

/**
 * Counts in this process, or in a Redis, for all that count there. While that cannot be reached, each counts for itself.
 *
 * @throws {SluiceError} `unsupported` where a package is not installed; `store-failed` where Redis cannot be reached.
 */
export async function openLimiters(redisUrl?: string): Promise<OpenLimiters> {
  const { RateLimiterMemory, RateLimiterRedis } = await loadPeer("rate-limiter-flexible", "limits of keys");
  const memory = ({ name, points, seconds }: LimitWindow) =>
    new RateLimiterMemory({ keyPrefix: `sluice:limit:${name}`, points, duration: seconds });
  if (redisUrl === undefined) return { open: memory, close: () => {} };
  const { Redis } = await loadPeer("ioredis", "limits of keys that replicas share");
  const redis = new Redis(redisUrl, { lazyConnect: true, enableOfflineQueue: false });
  redis.on("error", () => {});
  try {
    await redis.connect();
  } catch (thrown) {
    redis.disconnect();
    throw new SluiceError("store-failed", `Redis cannot be reached: ${messageOf(thrown)}`, { cause: thrown });
  }
  return {
    open: (window) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `sluice:limit:${window.name}`,
        points: window.points,
        duration: window.seconds,
        insuranceLimiter: memory(window),
      }),
    close: () => redis.disconnect(),
  };
}
