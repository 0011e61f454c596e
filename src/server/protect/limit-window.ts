import type { ErrorCode } from "../../stream/error.js";
import { totalTokens } from "../../stream/usage.js";
import type { RunUse } from "../run-meter.js";
import type { ApiKey } from "./api-key.js";

/** How much a key may use in a time. */
export interface LimitWindow {
  /** Part of the name that it is counted under. */
  name: string;
  /** For people. */
  what: string;
  code: ErrorCode;
  /** The most in one time. */
  points: number;
  /** How long that time is. */
  seconds: number;
  /** What an answer counts when it is over; absent where each request counts one when it begins. */
  used?: (use: RunUse) => number;
}

const MINUTE_S = 60;
const DAY_S = 86_400;
/** Counts are whole numbers: millionths of a dollar. */
const MICRO_USD = 1_000_000;

const tokens = ({ usage }: RunUse) => totalTokens(usage) ?? 0;
const microUsd = ({ costUsd = 0 }: RunUse) => Math.ceil(costUsd * MICRO_USD);

/** The limits that a key has. */
export function windowsOf(key: ApiKey): LimitWindow[] {
  const { requestsPerMinute: requests, tokensPerMinute, tokensPerDay, usdPerDay, usdPerMonth } = key;
  const minute = { code: "rate-limited", seconds: MINUTE_S } as const;
  const day = { code: "quota", seconds: DAY_S } as const;
  const month = { code: "quota", seconds: 30 * DAY_S } as const;
  const windows: LimitWindow[] = [];
  if (requests !== undefined) {
    windows.push({ ...minute, name: "requests-minute", what: `${requests} requests a minute`, points: requests });
  }
  if (tokensPerMinute !== undefined) {
    const what = `${tokensPerMinute} tokens a minute`;
    windows.push({ ...minute, name: "tokens-minute", what, points: tokensPerMinute, used: tokens });
  }
  if (tokensPerDay !== undefined) {
    windows.push({
      ...day,
      name: "tokens-day",
      what: `${tokensPerDay} tokens a day`,
      points: tokensPerDay,
      used: tokens,
    });
  }
  if (usdPerDay !== undefined) {
    windows.push({
      ...day,
      name: "usd-day",
      what: `${usdPerDay} USD a day`,
      points: usdPerDay * MICRO_USD,
      used: microUsd,
    });
  }
  if (usdPerMonth !== undefined) {
    const what = `${usdPerMonth} USD in 30 days`;
    windows.push({ ...month, name: "usd-month", what, points: usdPerMonth * MICRO_USD, used: microUsd });
  }
  return windows;
}
