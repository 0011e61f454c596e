import { isJsonObject, type JsonObject, type JsonValue } from "../stream/json.js";
import type { JsonPath } from "./json-path.js";
import type { JsonWatcher } from "./json-watcher.js";

/** An array or object that is not yet closed. */
interface OpenContainer {
  readonly array: JsonValue[] | undefined;
  readonly object: JsonObject | undefined;
  /** Key of the value that is being read, in an object; `undefined` between two. */
  key: string | undefined;
  /** How many values were put in. */
  count: number;
  /** What it costs to copy it. */
  cost: number;
  /** Whether it stands on the way to the watched value, or is that value. */
  readonly watched: boolean;
}

/** What copying an entry of an object costs, in entries of an array; and where V8 keeps a large object as a hash table. */
const ENTRY_COST = { small: 16, large: 256, from: 1_000 };

/**
 * The one value of a document, which grows in place as its parts are read. It keeps `parseJson`'s rule: `__proto__`, and
 * a `constructor` object that holds `prototype`, never become properties.
 */
export class JsonTree {
  readonly #open: OpenContainer[] = [];
  readonly #watcher: JsonWatcher | undefined;
  #top: OpenContainer | undefined;
  #root: JsonValue | undefined;
  /** Text of the string that is being read, whole characters only. */
  #text: string | undefined;
  /** The first half of a surrogate pair whose other half has not come. */
  #half = "";
  /** Whether the string, number or literal that is being read is the watched value. */
  #leafWatched = false;
  #copyCost = 0;
  #version = 0;

  constructor(watcher: JsonWatcher | undefined) {
    this.#watcher = watcher;
  }

  /** How many arrays and objects are open. */
  get depth(): number {
    return this.#open.length;
  }

  get inObject(): boolean {
    return this.#top?.object !== undefined;
  }

  /** Grows with each change that a snapshot would show. */
  get version(): number {
    return this.#version;
  }

  /** What a snapshot costs now: about as many entries of an array are copied. */
  get copyCost(): number {
    return this.#copyCost;
  }

  /** The whole value. Only complete once nothing is open. */
  get root(): JsonValue | undefined {
    return this.#root;
  }

  /** Where the value stands that is being read, or would come next. */
  get path(): JsonPath {
    const path: (string | number)[] = [];
    for (const [i, { array, key, count }] of this.#open.entries()) {
      // The values of outer arrays are in their places already, as they are arrays or objects.
      if (array !== undefined) path.push(i < this.#open.length - 1 ? count - 1 : count);
      else if (key !== undefined) path.push(key);
    }
    return path;
  }

  /** The next value of the open object belongs to this key. */
  key(key: string): void {
    if (this.#top !== undefined) this.#top.key = key;
  }

  openArray(offset: number): void {
    const array: JsonValue[] = [];
    this.#enter(array, array, undefined, offset);
  }

  openObject(offset: number): void {
    const object: JsonObject = {};
    this.#enter(object, undefined, object, offset);
  }

  /** Closes the innermost array or object. @param end offset of the character after it. */
  close(end: number): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const { array, object, watched, cost } = closed;
    this.#copyCost -= cost;
    this.#top = this.#open.at(-1);
    const value = array ?? object;
    if (value !== undefined) this.#complete(value, watched && this.#isTarget(), end);
  }

  openString(offset: number): void {
    this.#text = "";
    this.openScalar(offset);
    this.#version++;
  }

  /** More of the open string; not empty. */
  piece(piece: string): void {
    const text = this.#half + piece;
    // Looking into the text that was there already would copy it each time.
    const last = text.charCodeAt(text.length - 1);
    const cut = last >= 0xd800 && last <= 0xdbff;
    this.#half = cut ? text.slice(-1) : "";
    if (!cut) this.#addText(text);
    else if (text.length > 1) this.#addText(text.slice(0, -1));
  }

  closeString(end: number): void {
    if (this.#half !== "") this.#addText(this.#half);
    const text = this.#text ?? "";
    this.#text = undefined;
    this.#half = "";
    this.#put(text);
    this.#complete(text, this.#leafWatched, end);
  }

  /** A number, `true`, `false` or `null` begins. */
  openScalar(offset: number): void {
    this.#leafWatched = this.#begin(offset) && this.#isTarget();
  }

  closeScalar(value: number | boolean | null, end: number): void {
    this.#put(value);
    this.#version++;
    this.#complete(value, this.#leafWatched, end);
  }

  /**
   * The value as far as it was read, safe to keep: it does not change any more. It shares its complete parts with the
   * tree and with other snapshots; what is open is copied, at `copyCost`. A string may lack half a character at its end.
   */
  snapshot(): JsonValue | undefined {
    let inner: JsonValue | undefined = this.#text;
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const { array, object, key } = this.#open[i] as OpenContainer;
      if (array === undefined) inner = withProperty(object, key, inner);
      else if (i === this.#open.length - 1) inner = inner === undefined ? array.slice() : array.concat(inner);
      else inner = array.with(-1, inner ?? null);
    }
    return inner ?? this.#root;
  }

  #addText(text: string): void {
    this.#text += text;
    this.#version++;
    if (this.#leafWatched) this.#watcher?.text?.(text);
  }

  #enter(value: JsonValue, array: JsonValue[] | undefined, object: JsonObject | undefined, offset: number): void {
    const watched = this.#begin(offset);
    if (object !== undefined && this.#top?.key === "constructor") this.#drop("constructor");
    else this.#put(value);
    this.#top = { array, object, key: undefined, count: 0, cost: 0, watched };
    this.#open.push(this.#top);
    this.#version++;
  }

  /** Whether the value that begins here is watched or leads there. */
  #begin(offset: number): boolean {
    const watcher = this.#watcher;
    if (watcher === undefined) return false;
    const depth = this.#open.length;
    const top = this.#top;
    if (top !== undefined) {
      if (!top.watched || depth > watcher.path.length) return false;
      if (watcher.path[depth - 1] !== (top.array === undefined ? top.key : top.count)) return false;
    }
    if (depth === watcher.path.length) watcher.begin?.(offset);
    return true;
  }

  /** Whether a value at this depth has the length of the watched path. */
  #isTarget(): boolean {
    return this.#open.length === this.#watcher?.path.length;
  }

  #put(value: JsonValue): void {
    const top = this.#top;
    if (top === undefined) {
      this.#root = value;
    } else if (top.array !== undefined) {
      top.array.push(value);
      this.#count(top, 1);
    } else if (top.object !== undefined && top.key !== undefined && top.key !== "__proto__") {
      top.object[top.key] = value;
      this.#count(top, top.count < ENTRY_COST.from ? ENTRY_COST.small : ENTRY_COST.large);
    }
  }

  #count(container: OpenContainer, cost: number): void {
    container.count++;
    container.cost += cost;
    this.#copyCost += cost;
  }

  /** Takes back what an equal key said before. */
  #drop(key: string): void {
    if (this.#top?.object !== undefined) delete this.#top.object[key];
  }

  #complete(value: JsonValue, watched: boolean, end: number): void {
    const top = this.#top;
    if (watched) this.#watcher?.end?.(end);
    if (top === undefined) return;
    if (top.object === undefined) {
      if (top.watched && this.#open.length - 1 === this.#watcher?.path.length) this.#watcher.element?.(value);
      return;
    }
    if (top.key === "constructor" && isJsonObject(value) && !Object.hasOwn(value, "prototype")) {
      this.#put(value);
      this.#version++;
    }
    top.key = undefined;
  }
}

/** A copy of an open object with the value that is being read. */
function withProperty(
  object: JsonObject | undefined,
  key: string | undefined,
  value: JsonValue | undefined,
): JsonObject {
  const copy = { ...object };
  // Whether a `constructor` object stays is known when it is complete.
  const kept = key !== "__proto__" && !(key === "constructor" && isJsonObject(value));
  if (key !== undefined && value !== undefined && kept) copy[key] = value;
  return copy;
}
