import { uuid } from "../../../base/uuid.js";
import { embed } from "../../../models/embeddings/embed.js";
import type { EmbeddingModel } from "../../../models/embeddings/embedding-model.js";
import type { AiSdkEmbeddingModel } from "../../../models/embeddings/from-ai-sdk-embedding.js";
import type { CallContext } from "../../../stream/call-context.js";
import { type Check, either, filledString, having, list, string, withFields } from "../../../stream/checks.js";
import { invalid } from "../../../stream/error.js";
import { embeddedFacts } from "./embedded-facts.js";
import type { Fact, FactStore, FoundFact } from "./fact-store.js";
import { PostgresFacts } from "./postgres-facts.js";

/** What makes vectors of facts and questions. */
export type FactEmbedder = EmbeddingModel | AiSdkEmbeddingModel | string;

/** Looks at a `FactEmbedder`. */
export const checkEmbedder: Check = either(
  "an embedding model, or its name",
  filledString,
  having("an embedding model", "embedTexts"),
  having("an embedding model of the AI SDK", "doEmbed"),
);

/** Most characters of one fact. */
const LONGEST = 10_000;

/** Facts and the embedder that finds them by meaning. */
export class FactBook {
  readonly #where: FactStore | string | undefined;
  readonly #embedder: FactEmbedder | undefined;
  #store: Promise<FactStore> | undefined;

  constructor(where: FactStore | string | undefined, embedder: FactEmbedder | undefined) {
    const known = where === undefined || typeof where === "string" || typeof where?.search === "function";
    if (!known) throw invalid("facts", where, "a store of facts, a path, or postgres://…");
    this.#where = where;
    this.#embedder = embedder;
  }

  /** Keeps facts. */
  async add(
    scope: string,
    texts: readonly string[],
    more: { by?: string; context?: CallContext; signal?: AbortSignal } = {},
  ): Promise<Fact[]> {
    const { by, context, signal } = more;
    for (const [index, text] of texts.entries()) {
      if (typeof text !== "string" || text.trim() === "" || text.length > LONGEST)
        throw invalid(`facts[${index}]`, text, `a text of 1 to ${LONGEST} characters`);
    }
    const vectors = await this.#vectors(texts, context, signal);
    const at = new Date().toISOString();
    const facts = texts.map((text): Fact => ({ id: uuid(), text, at, ...(by !== undefined && { by }) }));
    const store = await this.#open();
    await store.add(
      scope,
      facts.map((fact, index) => withVector(fact, vectors[index])),
    );
    return facts;
  }

  /** The facts that fit a question best. */
  async search(
    scope: string,
    text: string,
    limit: number,
    more: { context?: CallContext; signal?: AbortSignal } = {},
  ): Promise<FoundFact[]> {
    string(text, "question");
    if (text.trim() === "") return [];
    const store = await this.#open();
    const asked = text.slice(-LONGEST);
    const [vector] = await this.#vectors([asked], more.context, more.signal);
    return checkedFacts(await store.search(scope, { text: asked, limit, ...(vector && { vector }) }));
  }

  async list(scope: string): Promise<Fact[]> {
    return checkedFacts(await (await this.#open()).list(scope));
  }

  async delete(scope: string, id: string): Promise<boolean> {
    return (await this.#open()).delete(scope, id);
  }

  async clear(scope: string): Promise<void> {
    await (await this.#open()).clear(scope);
  }

  /** Closes a store that was opened here. */
  async close(): Promise<void> {
    if (typeof this.#where === "object") return;
    const opened = this.#store;
    this.#store = undefined;
    await (await opened)?.close();
  }

  #open(): Promise<FactStore> {
    this.#store ??= opened(this.#where).catch((thrown) => {
      // The next use tries again.
      this.#store = undefined;
      throw thrown;
    });
    return this.#store;
  }

  async #vectors(texts: readonly string[], context?: CallContext, signal?: AbortSignal): Promise<number[][]> {
    if (this.#embedder === undefined || texts.length === 0) return [];
    const { vectors, usage } = await embed(this.#embedder, texts, signal === undefined ? {} : { signal });
    const id =
      typeof this.#embedder === "string" ? this.#embedder : "id" in this.#embedder ? this.#embedder.id : "embedder";
    context?.budget?.spend(usage, id);
    return vectors;
  }
}

const text = { required: string };
const checkFacts = list(
  "the facts that a store returned, as an array",
  withFields("a fact", { id: text, text, at: text }),
);

/** A store may be the user's own. */
function checkedFacts<One extends Fact>(found: One[]): One[] {
  checkFacts(found, "facts");
  return found;
}

async function opened(where: FactStore | string | undefined): Promise<FactStore> {
  if (typeof where === "object") return where;
  if (where === undefined) return embeddedFacts();
  return /^postgres(ql)?:\/\//.test(where) ? PostgresFacts.open(where) : embeddedFacts({ file: where });
}

function withVector(fact: Fact, vector: readonly number[] | undefined) {
  return vector === undefined ? fact : { ...fact, vector };
}
