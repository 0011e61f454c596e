import { type Clock, systemClock } from "../../base/clock.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { between, boolean, type Check, callable, clock as clockCheck, exactly } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { Transform } from "../../stream/sources/transform.js";
import type { Usage } from "../../stream/usage.js";
import type { CallGuard, Guard, GuardedCall } from "../guard.js";
import { estimateRequestTokens } from "./estimate-request-tokens.js";
import { Spending, Totals } from "./spending.js";
import { WithinBudget } from "./within-budget.js";

/** Upper limits of `budget`. At least one is needed. */
export interface BudgetLimits {
  /** Tokens of the prompt. An estimate above it keeps the provider from being called. */
  maxInputTokens?: number;
  /** Tokens of the answer, reasoning and tool arguments included. */
  maxOutputTokens?: number;
  /** Tokens of both together. */
  maxTotalTokens?: number;
  /** What `cost` counts in, USD for the built-in one of `sluice/models`. */
  maxCost?: number;
  /** Ms from the first read to the end of the answer. */
  maxMs?: number;
}

/** What a number of tokens costs at a model; `undefined` where that is not known. */
export type CostOf = (usage: Usage, model: string) => number | undefined;

/** Settings of `budget`. */
export interface BudgetOptions extends BudgetLimits {
  /** Needed for `maxCost`: `cost` of `sluice/models`, or one's own. Called for each delta with the tokens so far. */
  cost?: CostOf;
  /** One budget of tokens and cost for all calls that go through this guard, instead of one for each. Default false. */
  shared?: boolean;
  /** For `maxMs`. Default: the machine's. */
  clock?: Clock;
}

/** A limit of a budget. */
export type BudgetLimit = keyof BudgetLimits;

const LIMITS: readonly BudgetLimit[] = ["maxInputTokens", "maxOutputTokens", "maxTotalTokens", "maxCost", "maxMs"];

const least0 = between(0, Number.POSITIVE_INFINITY);

const OPTIONS = exactly("budget", {
  maxInputTokens: least0,
  maxOutputTokens: least0,
  maxTotalTokens: least0,
  maxCost: least0,
  maxMs: least0,
  cost: callable,
  shared: boolean,
  clock: clockCheck,
} satisfies Record<keyof BudgetOptions, Check>);

/**
 * A guard that ends an answer when it has used up a budget: the upstream is cancelled, a `data` event named `guard/budget` says
 * which limit it was (`{ limit, allowed, used, estimated }`), and the stream finishes with the reason `budget` and its usage.
 *
 * Tokens are estimated while they stream and corrected as soon as the provider says how many there were. The usage of an
 * answer that was ended has estimates where the provider had reported nothing. The text is cut at the token, not at the
 * delta; arguments of a tool call that do not fit are left out.
 *
 * @throws {SluiceError} `invalid-argument` without any limit, for a limit below 0, for `maxCost` without `cost`.
 * @example
 * ```ts
 * import { guard, model } from "sluice";
 * import { budget } from "sluice/guards";
 * import { cost } from "sluice/models";
 *
 * const limited = guard(model("openai/gpt-5"), budget({ maxOutputTokens: 500, maxCost: 0.01, cost, maxMs: 30_000 }));
 * ```
 */
export function budget(options: BudgetOptions): Guard {
  OPTIONS(options, "");
  const { cost, shared = false, clock = systemClock } = options;
  if (LIMITS.every((limit) => options[limit] === undefined)) throw invalid("budget", undefined, LIMITS.join(", "));
  if (options.maxCost !== undefined && cost === undefined) throw invalid("cost", cost, "a function, for maxCost");
  const all = shared ? new Totals() : undefined;
  return {
    name: "budget",
    begin: (call) => new BudgetCall(options, call, new Spending(call.model, cost, all ?? new Totals()), clock),
  };
}

class BudgetCall implements CallGuard {
  readonly #limits: BudgetLimits;
  readonly #call: GuardedCall;
  readonly #spending: Spending;
  readonly #clock: Clock;

  constructor(limits: BudgetLimits, call: GuardedCall, spending: Spending, clock: Clock) {
    this.#limits = limits;
    this.#call = call;
    this.#spending = spending;
    this.#clock = clock;
  }

  request(request: ChatRequest): ChatRequest {
    this.#spending.begin(estimateRequestTokens(request));
    if (this.#limits.maxCost !== undefined && !this.#spending.priced) {
      const message = `the price of ${this.#call.model} is not known: its cost is not limited`;
      this.#call.warn({ field: "maxCost", message });
    }
    return request;
  }

  answer(stop: (reason: unknown) => void): Transform {
    return new WithinBudget({
      model: this.#call.model,
      limits: this.#limits,
      spending: this.#spending,
      clock: this.#clock,
      stop,
    });
  }
}
