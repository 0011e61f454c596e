import type { Clock } from "../../base/clock.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { isModel } from "../../stream/checked-model.js";
import {
  anything,
  boolean,
  type Check,
  callable,
  clock,
  exactly,
  milliseconds,
  oneOf,
  positive,
  wholeNumber,
} from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { FALLBACK_FIELDS, type FallbackOptions } from "../fallback.js";
import { type PriceTable, priceTable } from "../prices/price-table.js";
import { ConcurrencyLimit } from "./concurrency-limit.js";
import type { RouteChoice } from "./order-targets.js";
import type { ResponseCacheOptions } from "./response-cache.js";
import type { RouteBreaker } from "./route-target.js";

/** One of a route's models, with settings of its own. */
export interface RouteTargetOptions {
  /** A model, or its name as `model()` takes it. */
  model: ChatModel | string;
  /** How much of the calls it gets, beside the others' weights. Default 1. */
  weight?: number;
  /** Calls at once; more go to other targets, or wait where these have failed. Default: no limit. */
  concurrency?: number;
  /** A limit that it shares with others, in place of one of its own. */
  limit?: ConcurrencyLimit;
}

/** Settings of `route`. Those of `fallback` say what happens when a target fails. */
export interface RouteOptions extends FallbackOptions {
  /** Which target is asked first. Default `first`. */
  choose?: RouteChoice;
  /** How long the first target may have no output before the second is asked too, in ms. Default: it is not. */
  hedgeMs?: number;
  /** When a target is left alone for a while. Default: after 5 failures in a row, for 30,000 ms. `false`: never. */
  breaker?: RouteBreaker | false;
  /** Answers to the same request, kept in this process. Default: none. */
  cache?: Omit<ResponseCacheOptions, "clock">;
  /** For `cheapest`. Default: the built-in prices, with those of `SLUICE_PRICES` before them. */
  prices?: PriceTable;
  /** Default: the machine's. */
  clock?: Clock;
  /** From 0 to 1, for `weighted`. Default `Math.random`. */
  random?: () => number;
}

const breaker: Check = (value, path) => {
  if (value !== false) exactly("a circuit breaker", { failures: wholeNumber(1), openMs: milliseconds })(value, path);
};

/** Those of a route that a file can say too. */
export const ROUTE_FIELDS = {
  ...FALLBACK_FIELDS,
  choose: oneOf("first", "weighted", "least-busy", "cheapest"),
  hedgeMs: milliseconds,
  breaker,
  cache: exactly("a cache", { ttlMs: { required: milliseconds }, maxEntries: wholeNumber(1), shared: boolean }),
};

const OPTIONS = exactly("a route", {
  ...ROUTE_FIELDS,
  prices: priceTable,
  clock,
  random: callable,
} satisfies Record<keyof RouteOptions, Check>);

/** @throws {SluiceError} `invalid-argument` for an unknown option or an invalid value. */
export function checkRouteOptions(options: RouteOptions): void {
  OPTIONS(options, "");
}

/** Those of a target that a file can say too. */
export const TARGET_FIELDS = { weight: positive, concurrency: wholeNumber(1) };

const TARGET = exactly("a target", {
  ...TARGET_FIELDS,
  model: { required: anything },
  limit: (value, path) => {
    if (!(value instanceof ConcurrencyLimit)) throw invalid(path, value, "a ConcurrencyLimit");
  },
});

/** A target's settings, whichever way it was given. */
export interface CheckedTarget {
  model: unknown;
  weight: number;
  limit: ConcurrencyLimit | undefined;
}

/** @throws {SluiceError} `invalid-argument` for an unknown option or an invalid value. */
export function checkRouteTarget(
  given: ChatModel | string | RouteTargetOptions,
  path: string,
  clock: Clock,
): CheckedTarget {
  if (typeof given !== "object" || given === null || isModel(given))
    return { model: given, weight: 1, limit: undefined };
  TARGET(given, path);
  const { model, weight = 1, concurrency } = given;
  if (concurrency !== undefined && given.limit !== undefined) {
    throw invalid(`${path}.concurrency`, concurrency, "one of concurrency and limit");
  }
  const limit = given.limit ?? (concurrency === undefined ? undefined : new ConcurrencyLimit({ concurrency, clock }));
  return { model, weight, limit };
}
