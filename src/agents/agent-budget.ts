import { cost } from "../models/prices/cost.js";
import type { PriceTable } from "../models/prices/price-table.js";
import type { SharedBudget } from "../stream/call-context.js";
import { totalTokens, type Usage } from "../stream/usage.js";
import type { AgentLimits } from "./agent-options.js";

/** What one run of an agent and everything inside it may use, within what the run around it may use. */
export class AgentBudget implements SharedBudget {
  readonly #limits: AgentLimits;
  readonly #prices: PriceTable | undefined;
  readonly #outer: SharedBudget | undefined;
  #tokens = 0;
  #cost: number | undefined = 0;

  constructor(limits: AgentLimits, prices: PriceTable | undefined, outer: SharedBudget | undefined) {
    this.#limits = limits;
    this.#prices = prices;
    this.#outer = outer;
  }

  spend(usage: Usage, model: string): void {
    this.#tokens += totalTokens(usage) ?? 0;
    if (this.#limits.maxCost !== undefined && this.#cost !== undefined) {
      const part = cost(usage, model, this.#prices);
      this.#cost = part === undefined ? undefined : this.#cost + part;
    }
    this.#outer?.spend(usage, model);
  }

  get exhausted(): string | undefined {
    const { maxTotalTokens = Number.POSITIVE_INFINITY, maxCost = Number.POSITIVE_INFINITY } = this.#limits;
    if (this.#tokens >= maxTotalTokens) return `maxTotalTokens: ${this.#tokens} of ${maxTotalTokens}`;
    if (maxCost !== Number.POSITIVE_INFINITY) {
      if (this.#cost === undefined) return "maxCost: the price of a model is not known";
      if (this.#cost >= maxCost) return `maxCost: ${this.#cost} of ${maxCost} USD`;
    }
    return this.#outer?.exhausted;
  }
}
