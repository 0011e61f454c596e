import { invalid } from "../../stream/error.js";

/** Characters that every store takes in a key and that need no encoding in a path. */
export const PLAIN = /^[A-Za-z0-9_.-]+$/;

/** The names of the records that keep conversations. */
export class StateKeys {
  readonly #prefix: string;

  /** @throws {SluiceError} `invalid-argument`. */
  constructor(prefix: string) {
    if (!PLAIN.test(prefix)) throw invalid("prefix", prefix, "letters, digits, dots, dashes and underscores");
    this.#prefix = prefix;
  }

  /** The head of a conversation. */
  head(id: string): string {
    return `${this.#prefix}.conversation.${escaped(id)}`;
  }

  /**
   * What was appended in one step, or a node of the tree of such steps.
   *
   * @param run tells the conversation from earlier ones with its id.
   */
  turn(run: string, token: string): string {
    return `${this.#prefix}.turn.${run}.${token}`;
  }

  /** A shard of the index. */
  shard(number: number): string {
    return `${this.#prefix}.index.${number}`;
  }
}

/** An id in plain characters; no two ids give the same. Dapr keeps `||` for itself, and stores dislike others. */
function escaped(id: string): string {
  try {
    return encodeURIComponent(id)
      .replace(/[.!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%", "=");
  } catch {
    throw invalid("id", id, "well-formed Unicode");
  }
}
