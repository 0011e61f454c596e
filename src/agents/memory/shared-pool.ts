import { anything, type Check, exactly, filledString, limit } from "../../stream/checks.js";
import type { Tool } from "../../tools/tool.js";
import { checkEmbedder, FactBook, type FactEmbedder } from "./facts/fact-book.js";
import type { Fact, FactStore, FoundFact } from "./facts/fact-store.js";
import { factTools } from "./facts/fact-tools.js";

/** Settings of `sharedPool`. */
export interface SharedPoolOptions {
  /** A store of facts, the path of a file, or `postgres://…`. Default: this process's memory. */
  facts?: FactStore | string;
  /** Finds facts by meaning. Default: they are found by their words. */
  embedder?: FactEmbedder;
  /** Separates pools in one store. Default `team`. */
  name?: string;
  /** Most facts that a search returns. Default 5. */
  top?: number;
}

const checkOptions = exactly("sharedPool", {
  facts: anything,
  embedder: checkEmbedder,
  name: filledString,
  top: limit,
} satisfies Record<keyof SharedPoolOptions, Check>);

/**
 * What the agents of a team share beside what they say: each has tools to put findings into the pool and to look up those of the
 * others, which say who found them.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, roundRobin, sharedPool } from "sluice/agents";
 *
 * const pool = sharedPool();
 * const members = ["reader", "writer"].map((name) => new Agent({ name, model: "openai/gpt-5-mini", tools: pool.toolsOf(name) }));
 * const team = roundRobin({ members });
 * console.log(team.id, await pool.list());
 * ```
 */
export function sharedPool(options: SharedPoolOptions = {}): SharedPool {
  return new SharedPool(options);
}

/** The findings of a team. Made by `sharedPool()`. */
export class SharedPool {
  readonly #book: FactBook;
  readonly #scope: string;
  readonly #top: number;

  /** @throws {SluiceError} `invalid-argument`. */
  constructor(options: SharedPoolOptions) {
    checkOptions(options, "");
    const { facts, embedder, name = "team", top = 5 } = options;
    this.#book = new FactBook(facts, embedder);
    this.#scope = `pool:${name}`;
    this.#top = top;
  }

  /** The tools of one agent; what it puts in has its name. */
  toolsOf(agent: string): readonly Tool[] {
    return factTools({
      book: this.#book,
      scope: () => this.#scope,
      by: agent,
      top: Math.min(this.#top, 50),
      names: { keep: "share_findings", search: "search_findings", forget: "withdraw_finding" },
      about: "what your team has found out",
    });
  }

  /** Puts findings in. */
  add(by: string, ...findings: readonly string[]): Promise<Fact[]> {
    return this.#book.add(this.#scope, findings, { by });
  }

  /** All findings, oldest first. */
  list(): Promise<Fact[]> {
    return this.#book.list(this.#scope);
  }

  /** The findings that fit a question best. */
  search(question: string, limit = this.#top): Promise<FoundFact[]> {
    return this.#book.search(this.#scope, question, limit);
  }

  /** Deletes a finding; false if there is none of that id. */
  delete(id: string): Promise<boolean> {
    return this.#book.delete(this.#scope, id);
  }

  /** Deletes all. */
  clear(): Promise<void> {
    return this.#book.clear(this.#scope);
  }

  /** Closes the store of facts, where it was opened here. */
  close(): Promise<void> {
    return this.#book.close();
  }
}
