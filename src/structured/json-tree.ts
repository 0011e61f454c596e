import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
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

/** From how many elements on an array is copied into V8's space for large objects, and what an element costs there. */
const LARGE_ARRAY = { from: 16_000, cost: 32 } as const;

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

  /** The whole value, once it is complete. */
  get root(): JsonValue | undefined {
    return this.#root;
  }

  /** Where the value stands that is being read, or would come next. */
  get path(): JsonPath {
    const path: (string | number)[] = [];
    for (const { array, key, count } of this.#open) {
      if (array !== undefined) path.push(count);
      else if (key !== undefined) path.push(key);
    }
    return path;
  }

  /** The next value of the open object belongs to this key. */
  key(key: string): void {
    if (this.#top !== undefined) this.#top.key = key;
  }

  openArray(offset: number): void {
    this.#enter([], undefined, offset);
  }

  openObject(offset: number): void {
    this.#enter(undefined, {}, offset);
  }

  /** Closes the innermost array or object. @param end offset of the character after it. */
  close(end: number): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const { array, object, watched, cost } = closed;
    this.#copyCost -= cost;
    this.#top = this.#open.at(-1);
    const value = object ?? trimmed(array ?? []);
    this.#put(value);
    this.#complete(value, watched && this.#isTarget(), end);
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
      else inner = inner === undefined ? array.slice() : array.concat([inner]);
    }
    return inner ?? this.#root;
  }

  #addText(text: string): void {
    this.#text += text;
    this.#version++;
    if (this.#leafWatched) this.#watcher?.text?.(text);
  }

  #enter(array: JsonValue[] | undefined, object: JsonObject | undefined, offset: number): void {
    const watched = this.#begin(offset);
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
      this.#count(top, elementCost(top.count));
    } else if (top.object !== undefined && top.key !== undefined) {
      if (isOrdinary(top.key, value)) top.object[top.key] = value;
      // The last of equal keys counts, also where it is left out.
      else delete top.object[top.key];
      this.#count(top, top.count < ENTRY_COST.from ? ENTRY_COST.small : ENTRY_COST.large);
    }
  }

  #count(container: OpenContainer, cost: number): void {
    container.count++;
    container.cost += cost;
    this.#copyCost += cost;
  }

  #complete(value: JsonValue, watched: boolean, end: number): void {
    const top = this.#top;
    if (watched) this.#watcher?.end?.(end);
    if (top === undefined) return;
    top.key = undefined;
    const isTarget = top.watched && this.#open.length - 1 === this.#watcher?.path.length;
    if (isTarget && top.array !== undefined) this.#watcher?.element?.(value);
  }
}

/**
 * What an array's next element adds to the cost of copying it. A large array is copied into memory of its own, which V8
 * makes and clears at a cost of many times as much for each element, the earlier ones included.
 *
 * @param count how many elements it has.
 */
function elementCost(count: number): number {
  if (count < LARGE_ARRAY.from) return 1;
  return LARGE_ARRAY.cost + (count === LARGE_ARRAY.from ? (LARGE_ARRAY.cost - 1) * count : 0);
}

/** A copy of an open object with the value that is being read. */
function withProperty(
  object: JsonObject | undefined,
  key: string | undefined,
  value: JsonValue | undefined,
): JsonObject {
  const copy = { ...object };
  if (key === undefined || value === undefined) return copy;
  // Whether a `constructor` object can do harm is known when it is complete.
  if (key === "constructor" && isJsonObject(value)) delete copy[key];
  else if (isOrdinary(key, value)) copy[key] = value;
  return copy;
}

/** Whether a property can do no harm: `parseJson` keeps it. */
function isOrdinary(key: string, value: JsonValue): boolean {
  if (key === "__proto__") return false;
  return key !== "constructor" || !isJsonObject(value) || !Object.hasOwn(value, "prototype");
}

/** A short array without the room that V8 keeps free in one that grew. */
function trimmed(array: JsonValue[]): JsonValue[] {
  return array.length < 16 ? array.slice() : array;
}
