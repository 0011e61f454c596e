import type { SharedBudget } from "../stream/call-context.js";
import type { Usage } from "../stream/usage.js";

/** A shared budget as it is handed to one call, which knows whether the call books what it uses itself. */
export class BudgetShare implements SharedBudget {
  readonly #budget: SharedBudget;
  #spent = false;

  constructor(budget: SharedBudget) {
    this.#budget = budget;
  }

  spend(usage: Usage, model: string): void {
    this.#spent = true;
    this.#budget.spend(usage, model);
  }

  get exhausted(): string | undefined {
    return this.#budget.exhausted;
  }

  /** Books what a call used that did not book anything itself: a plain model does not know of budgets. */
  settle(usage: Usage, model: string): void {
    if (!this.#spent) this.spend(usage, model);
    this.#spent = false;
  }
}
