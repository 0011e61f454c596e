import { string } from "../../stream/checks.js";

/** How a vault shows itself to Node's console and debuggers, without importing anything of Node. */
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** A placeholder, also escaped as Markdown, HTML and URLs have it. */
const PLACEHOLDER = /(?:<|&lt;|%3C)([A-Z](?:[A-Z0-9_]|\\_){0,80}\d)\\?(?:>|&gt;|%3E)/gi;

/**
 * Values and the numbered placeholders that stand for them: `<EMAIL_ADDRESS_1>`. The same value has the same placeholder
 * as long as the vault lives.
 *
 * It keeps its values to itself: it is neither printed nor serialised nor cloned, and holds them in memory alone. It serves
 * one user: whoever can have a placeholder restored by it is shown the value.
 */
export class PiiVault {
  readonly #values = new Map<string, string>();
  /** By entity and value. */
  readonly #placeholders = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** Placeholders that texts have of themselves. */
  readonly #taken = new Set<string>();
  #longest = 0;

  /** How many values it holds. */
  get size(): number {
    return this.#values.size;
  }

  /** Length of its longest placeholder, in characters. */
  get longest(): number {
    return this.#longest;
  }

  /** The placeholder of a value, a new one where it has none. */
  placeholder(entity: string, value: string): string {
    string(entity, "entity");
    string(value, "value");
    const key = `${entity} ${value}`;
    const known = this.#placeholders.get(key);
    if (known !== undefined) return known;
    let count = this.#counts.get(entity) ?? 0;
    let placeholder: string;
    do placeholder = `<${entity}_${++count}>`;
    while (this.#taken.has(placeholder));
    this.#counts.set(entity, count);
    this.#placeholders.set(key, placeholder);
    this.#values.set(placeholder, value);
    this.#longest = Math.max(this.#longest, placeholder.length);
    return placeholder;
  }

  /** Keeps from giving out the placeholders that a text has of itself: they would be shown as values. */
  avoid(text: string): void {
    string(text, "text");
    for (const [, name = ""] of text.matchAll(PLACEHOLDER)) {
      const placeholder = `<${name.replaceAll("\\", "")}>`;
      if (!this.#values.has(placeholder)) this.#taken.add(placeholder);
    }
  }

  /** What a placeholder stands for; `undefined` where it is not one of this vault's. */
  value(placeholder: string): string | undefined {
    return this.#values.get(placeholder);
  }

  /** Forgets everything. */
  clear(): void {
    this.#values.clear();
    this.#placeholders.clear();
    this.#counts.clear();
    this.#taken.clear();
    this.#longest = 0;
  }

  /** How many values there are: what `JSON.stringify` writes. */
  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    return `[PiiVault: ${this.size} values]`;
  }

  [INSPECT](): string {
    return this.toString();
  }
}
