import type { JsonValue } from "../base/json.js";
import { boolean, type Check, callable, exactly, list, string, wholeNumber } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { formatPath } from "./json-path.js";
import { type JsonFault, JsonScanner } from "./json-scanner.js";
import { JsonTree } from "./json-tree.js";
import type { JsonWatcher } from "./json-watcher.js";

/** Settings of a `JsonParser`. */
export interface JsonParserOptions {
  /** How many arrays and objects may stand inside one another. Default 1,000. */
  maxDepth?: number;
  /**
   * `true` for a text in which a JSON object stands among prose or in a Markdown fence: it begins at the first brace that
   * a key or a closing brace follows, and what comes after it is ignored. Thoughts in `<think>` and the like at the beginning are no
   * part of it. Default false: the text is JSON and nothing else.
   */
  prose?: boolean;
  /** With `prose`: an array that begins a line counts as well, and is the value of this key of an object. */
  bareArray?: string;
  /** Listens to one value while it is read. */
  watcher?: JsonWatcher;
}

const key: Check = (value, path) => {
  if (typeof value !== "string") wholeNumber(0)(value, path);
};
const OPTIONS = exactly("a parser", {
  maxDepth: wholeNumber(1),
  prose: boolean,
  bareArray: string,
  watcher: exactly("a watcher", {
    path: { required: list("an array of keys", key) },
    begin: callable,
    text: callable,
    element: callable,
    end: callable,
  }),
});

/**
 * Reads JSON that arrives in pieces. Each character is looked at once, and one value grows in place: the cost is linear
 * in the text, however it is cut.
 *
 * The value is what `parseJson` would make of the whole text: strict JSON, the last of equal keys wins, and keys that
 * could reach a prototype are left out.
 *
 * @example
 * ```ts
 * import { JsonParser } from "sluice/structured";
 *
 * const parser = new JsonParser();
 * for (const delta of ['{"city": "Os', 'lo"}']) {
 *   parser.push(delta);
 *   console.log(parser.snapshot()); // { city: "Os" }, then { city: "Oslo" }
 * }
 * const value = parser.end();
 * ```
 */
export class JsonParser {
  readonly #tree: JsonTree;
  readonly #scanner: JsonScanner;
  #failure: SluiceError | undefined;
  #snapshot: { version: number; value: JsonValue | undefined } = { version: 0, value: undefined };

  /** @throws {SluiceError} `invalid-argument` when `maxDepth` is not a whole number of at least 1. */
  constructor(options: JsonParserOptions = {}) {
    OPTIONS(options, "");
    const { maxDepth = 1_000, prose = false, bareArray, watcher } = options;
    this.#tree = new JsonTree(watcher);
    this.#scanner = new JsonScanner(this.#tree, maxDepth, prose, bareArray);
  }

  /** UTF-16 code units read so far. */
  get offset(): number {
    return this.#scanner.offset;
  }

  /** Whether the value is complete. A number that is not inside anything is only complete at the end. */
  get done(): boolean {
    return this.#scanner.done;
  }

  /**
   * Takes the next piece of the text.
   *
   * @throws {SluiceError} `invalid-output` where it is not JSON, with position, path and what was found. The parser reads
   *   nothing after that.
   */
  push(text: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    const fault = this.#scanner.push(text);
    if (fault !== undefined) throw this.#fail(fault);
  }

  /**
   * The whole value, when the text is over.
   *
   * @throws {SluiceError} `incomplete-output` where the text ends too early; `invalid-output`.
   */
  end(): JsonValue {
    if (this.#failure !== undefined) throw this.#failure;
    const fault = this.#scanner.end();
    if (fault !== undefined) throw this.#fail(fault);
    return this.#tree.root ?? null;
  }

  /**
   * The value as far as it was read; `undefined` before it begins. Safe to keep: it does not grow. It shares what is
   * complete with other snapshots and with the value at the end, so it is for reading only.
   *
   * Strings show what has arrived of them, whole characters only; numbers and literals appear when they are complete.
   * Between two snapshots the arrays and objects that are still open are copied (see `snapshotCost`); where nothing
   * changed, the same value is returned.
   */
  snapshot(): JsonValue | undefined {
    const { version } = this.#tree;
    if (this.#snapshot.version !== version) this.#snapshot = { version, value: this.#tree.snapshot() };
    return this.#snapshot.value;
  }

  /** What the next snapshot costs: about as many entries of an array are copied. 0 where nothing changed. */
  get snapshotCost(): number {
    return this.#snapshot.version === this.#tree.version ? 0 : 1 + this.#tree.depth + this.#tree.copyCost;
  }

  #fail({ offset, found, expected, early }: JsonFault): SluiceError {
    const code = early ? "incomplete-output" : "invalid-output";
    const path = formatPath(this.#tree.path);
    const where = path === "" ? `character ${offset}` : `character ${offset}, at ${path}`;
    this.#failure = new SluiceError(code, `not JSON at ${where}: found ${found}; expected ${expected}`, {
      field: path,
    });
    return this.#failure;
  }
}
