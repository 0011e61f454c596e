import type { AnyOrama } from "@orama/orama";
import { type Check, exactly, filledString } from "../../../stream/checks.js";
import { invalid } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";
import { FactFile } from "./fact-file.js";
import type { Fact, FactQuery, FactStore, FoundFact, NewFact } from "./fact-store.js";
import { fused } from "./fused.js";
import { words } from "./words.js";

/** Settings of `embeddedFacts`. */
export interface EmbeddedFactsOptions {
  /** A file that the facts are kept in, read by one process at a time. Default: this process's memory. */
  file?: string;
}

const checkOptions = exactly("embeddedFacts", { file: filledString } satisfies Record<
  keyof EmbeddedFactsOptions,
  Check
>);

/**
 * Facts in this process, searched by words and by vectors, and in a file where one is named. Needs the package `@orama/orama`.
 *
 * @throws {SluiceError} `invalid-argument`; `unsupported` at the first use without the package; `store-failed` for a file that
 *   cannot be read or written.
 */
export function embeddedFacts(options: EmbeddedFactsOptions = {}): FactStore {
  checkOptions(options, "");
  return new EmbeddedFacts(options.file);
}

type Orama = typeof import("@orama/orama");

/** The facts of one scope: an index of words, and one of vectors, whose length the first vector decides. */
interface Scope {
  facts: Map<string, Fact>;
  byWords: AnyOrama;
  byVectors: { index: AnyOrama; length: number } | undefined;
}

class EmbeddedFacts implements FactStore {
  readonly #scopes = new Map<string, Scope>();
  readonly #file: FactFile | undefined;
  #opening: Promise<Orama> | undefined;

  constructor(file: string | undefined) {
    this.#file = file === undefined ? undefined : new FactFile(file);
  }

  async add(scope: string, facts: readonly NewFact[]): Promise<void> {
    const orama = await this.#open();
    checkVectors(this.#scopes.get(scope), facts);
    await this.#file?.append(facts.map((fact) => ({ scope, fact })));
    for (const fact of facts) this.#keep(orama, scope, fact);
  }

  async search(scope: string, { text, vector, limit }: FactQuery): Promise<FoundFact[]> {
    const orama = await this.#open();
    const found = this.#scopes.get(scope);
    if (found === undefined) return [];
    const { facts, byWords, byVectors } = found;
    const asFacts = (hits: readonly { id: string }[]) => hits.flatMap(({ id }) => facts.get(id) ?? []);
    const rankings: Fact[][] = [];
    if (words(text).length > 0) {
      const { hits } = await orama.search(byWords, { term: text, limit, threshold: 1 });
      rankings.push(asFacts(hits));
    }
    if (vector !== undefined && byVectors !== undefined && byVectors.length === vector.length) {
      const asked = { value: [...vector], property: "vector" };
      const { hits } = await orama.searchVector(byVectors.index, {
        mode: "vector",
        vector: asked,
        similarity: 0,
        limit,
      });
      rankings.push(asFacts(hits));
    }
    return fused(rankings, limit);
  }

  async list(scope: string): Promise<Fact[]> {
    await this.#open();
    return [...(this.#scopes.get(scope)?.facts.values() ?? [])];
  }

  async delete(scope: string, id: string): Promise<boolean> {
    const orama = await this.#open();
    const found = this.#scopes.get(scope);
    if (!found?.facts.has(id)) return false;
    await this.#file?.append([{ scope, deleted: id }]);
    await this.#forget(orama, found, id);
    return true;
  }

  async clear(scope: string): Promise<void> {
    await this.#open();
    const found = this.#scopes.get(scope);
    if (found === undefined) return;
    await this.#file?.append([...found.facts.keys()].map((deleted) => ({ scope, deleted })));
    this.#scopes.delete(scope);
  }

  async close(): Promise<void> {
    await this.#file?.settled();
  }

  #open(): Promise<Orama> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  async #load(): Promise<Orama> {
    try {
      const orama = await loadPeer("@orama/orama", "search in memory");
      for (const entry of (await this.#file?.read()) ?? []) {
        if ("fact" in entry) this.#keep(orama, entry.scope, entry.fact);
        else {
          const found = this.#scopes.get(entry.scope);
          if (found?.facts.has(entry.deleted)) await this.#forget(orama, found, entry.deleted);
        }
      }
      return orama;
    } catch (thrown) {
      this.#opening = undefined;
      this.#scopes.clear();
      throw thrown;
    }
  }

  #keep(orama: Orama, name: string, { vector, ...fact }: NewFact): void {
    const scope = this.#scopes.get(name) ?? {
      facts: new Map<string, Fact>(),
      byWords: orama.create({ schema: { text: "string" }, components: { tokenizer: TOKENIZER } }) as AnyOrama,
      byVectors: undefined,
    };
    this.#scopes.set(name, scope);
    scope.facts.set(fact.id, fact);
    orama.insert(scope.byWords, { id: fact.id, text: fact.text });
    if (vector === undefined) return;
    scope.byVectors ??= {
      index: orama.create({ schema: { vector: `vector[${vector.length}]` } }) as AnyOrama,
      length: vector.length,
    };
    orama.insert(scope.byVectors.index, { id: fact.id, vector: [...vector] });
  }

  async #forget(orama: Orama, { facts, byWords, byVectors }: Scope, id: string): Promise<void> {
    facts.delete(id);
    await orama.remove(byWords, id);
    if (byVectors !== undefined && orama.getByID(byVectors.index, id) !== undefined) {
      await orama.remove(byVectors.index, id);
    }
  }
}

/** Ends each word. Orama takes a word for the beginning of longer ones, so that `a` would be found in all that begins with it. */
const END = "\u001f";

/** Orama's own knows one alphabet at a time. */
const TOKENIZER = {
  language: "english",
  normalizationCache: new Map<string, string>(),
  tokenize: (text: string) => words(text).map((word) => word + END),
};

/** Before anything is kept: vectors of another model have nothing to do with those that are there. */
function checkVectors(scope: Scope | undefined, facts: readonly NewFact[]): void {
  const length = scope?.byVectors?.length ?? facts.find(({ vector }) => vector !== undefined)?.vector?.length;
  for (const { vector } of facts) {
    if (vector === undefined || vector.length === length) continue;
    throw invalid("vector", `${vector.length} numbers`, `${length} numbers, as the facts before it: use one embedder`);
  }
}
