import type { RunLimits } from "../plan/plan.js";

interface Waiting {
  group: string | undefined;
  priority: number;
  enter: () => void;
}

/**
 * Places for running steps: so many in all, and so many of each group. A step takes all of its places at once or none, so
 * that two steps never wait for each other's.
 */
export class Places {
  #free: number;
  readonly #groups: Map<string, number>;
  readonly #line: Waiting[] = [];

  constructor({ steps, groups }: RunLimits) {
    this.#free = steps;
    this.#groups = new Map(Object.entries(groups));
  }

  /** Takes a place; returns nothing where it was free, else a promise of it. The higher the priority, the earlier. */
  take(group: string | undefined, priority: number): void | Promise<void> {
    if (this.#fits(group)) return this.#enter(group);
    return new Promise((resolve) => {
      const waiting = { group, priority, enter: resolve };
      const behind = this.#line.findIndex((other) => other.priority < priority);
      this.#line.splice(behind === -1 ? this.#line.length : behind, 0, waiting);
    });
  }

  give(group: string | undefined): void {
    this.#free++;
    const left = group === undefined ? undefined : this.#groups.get(group);
    if (group !== undefined && left !== undefined) this.#groups.set(group, left + 1);
    for (let at = 0; at < this.#line.length && this.#free > 0; ) {
      const waiting = this.#line[at];
      if (waiting === undefined || !this.#fits(waiting.group)) at++;
      else {
        this.#line.splice(at, 1);
        this.#enter(waiting.group);
        waiting.enter();
      }
    }
  }

  #fits(group: string | undefined): boolean {
    return this.#free > 0 && (group === undefined || (this.#groups.get(group) ?? 1) > 0);
  }

  #enter(group: string | undefined): void {
    this.#free--;
    const left = group === undefined ? undefined : this.#groups.get(group);
    if (group !== undefined && left !== undefined) this.#groups.set(group, left - 1);
  }
}
