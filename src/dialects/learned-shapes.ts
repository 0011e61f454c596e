import { isJsonObject, type JsonValue } from "../base/json.js";
import { BACKSLASH, QUOTE } from "../base/json-characters.js";
import { ownText } from "../base/own-text.js";

/** Where in a frame's JSON a value stands, for example `["choices", 0, "delta", "content"]`. */
export type Path = readonly (string | number)[];

/** A value that may differ between frames of one shape. */
export interface Hole {
  path: Path;
  kind: "string" | "number";
  /** Whether its value is wanted; otherwise it only may differ. */
  capture: boolean;
}

/** Frames that are parsed before one is learned: a short answer ends before learning pays, and the first token is not late. */
const FIRST_LESSON = 4;
/** How many frames are studied before a stream is taken to have no shape worth learning. */
const LAST_LESSON = 20;
/**
 * The longest frame that is studied, in UTF-16 code units. One delta is far shorter; what is studied is parsed several times
 * and its constant parts are kept for as long as the stream.
 */
const LONGEST_LESSON = 4 * 1024;
/** The longest frame that is compared, in UTF-16 code units. */
const LONGEST = 64 * 1024;
/** How many values of one name are tried before a hole counts as not found. */
const MAX_CANDIDATES = 4;
/** How often what leads to the value may change before it is no longer compared: it then differs in each frame. */
const MAX_LEADS = 8;
/** Kinds of deltas that a stream alternates between: text, reasoning, tool arguments, and one to spare. */
const MAX_SHAPES = 4;

/**
 * Knows frames that differ only in a few values. Most frames of a stream do: once one was parsed, those like it are
 * compared with its constant parts and need no parsing. A frame that differs in any constant character, or whose values
 * are not valid JSON, matches nothing and takes the full parse. Each character is looked at once, and what was learned ends
 * with the stream: nothing that a provider says becomes a pattern, or stays.
 *
 * @template T what a matching frame means to the reader.
 */
export class LearnedShapes<T> {
  #shapes: { shape: Shape; meaning: T }[] = [];
  #lessons = 0;

  /** Calls `found` with the meaning of the frame's shape and its captured values, and returns whether it had one. */
  match(text: string, found: (meaning: T, values: readonly string[]) => void): boolean {
    if (text.length > LONGEST) return false;
    for (let i = 0; i < this.#shapes.length; i++) {
      const entry = this.#shapes[i];
      const values = entry?.shape.match(text);
      if (entry === undefined || values === undefined) continue;
      if (i > 0) {
        // Deltas come in runs: the shape that matched is tried first next time.
        this.#shapes.splice(i, 1);
        this.#shapes.unshift(entry);
      }
      found(entry.meaning, values);
      return true;
    }
    return false;
  }

  /** Learns the shape of a frame that was parsed in full. Holes that the frame does not have are left out. */
  learn(text: string, holes: readonly Hole[], meaning: T): void {
    if (text.length > LONGEST_LESSON) return;
    this.#lessons++;
    if (this.#lessons < FIRST_LESSON || this.#lessons > LAST_LESSON) return;
    const shape = Shape.of(text, holes);
    if (shape === undefined) return;
    // A new array has room for just these.
    this.#shapes = [{ shape, meaning }, ...this.#shapes.slice(0, MAX_SHAPES - 1)];
  }
}

interface Located {
  hole: Hole;
  from: number;
  to: number;
}

/** The inside of a JSON string, and a JSON number (RFC 8259). Neither can match in two ways, so matching is linear. */
const PLAIN = '[^"\\\\\\x00-\\x1f]*';
const STRING = new RegExp(`${PLAIN}(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})${PLAIN})*`, "y");
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** A frame's text with holes: the constant text before each, and what follows the last. */
class Shape {
  readonly #before: readonly string[];
  readonly #holes: readonly Hole[];
  readonly #after: string;
  /** The brackets that close the frame; blanks may stand among them. */
  readonly #closers: string;
  /** Place of the first captured hole among all. */
  readonly #first: number;
  /** What stood before its value the last time: most often it does again, and is compared at once. */
  #lead = "";
  #leads = 0;

  private constructor(before: readonly string[], holes: readonly Hole[], after: string, closers: string) {
    this.#before = before;
    this.#holes = holes;
    this.#after = after;
    this.#closers = closers;
    this.#first = holes.findIndex((hole) => hole.capture);
  }

  static of(text: string, holes: readonly Hole[]): Shape | undefined {
    const find = (accepts: (one: Located) => boolean) =>
      holes.flatMap((hole) => locate(text, hole, accepts) ?? []).sort((a, b) => a.from - b.from);
    // Most often each value stands where its name first does, which is proved of all of them at once.
    const guessed = find(() => true);
    const located = areAtPaths(text, guessed) ? guessed : find((one) => areAtPaths(text, [one]));
    const found = located.map(({ hole }) => hole);
    if (!found.some(({ capture }) => capture)) return undefined;
    const before = located.map(({ from }, index) => ownText(text.slice(located[index - 1]?.to ?? 0, from)));
    const at = located.at(-1)?.to ?? 0;
    const end = Math.max(at, closersAt(text));
    return new Shape(before, found, ownText(text.slice(at, end)), text.slice(end).replaceAll(" ", ""));
  }

  /** The captured values; `undefined` where the frame has another shape. */
  match(text: string): string[] | undefined {
    const values: string[] = [];
    const led = this.#lead !== "" && stands(text, this.#lead, 0);
    const first = led ? this.#first : 0;
    let at = 0;
    for (let i = first; i < this.#holes.length; i++) {
      const hole = this.#holes[i];
      const before = this.#before[i];
      if (hole === undefined || before === undefined) return undefined;
      let from = this.#lead.length;
      if (!led || i > first) {
        if (!stands(text, before, at)) return undefined;
        from = at + before.length;
        if (i === this.#first) this.#setLead(text, from);
      }
      at = endOf(text, from, hole.kind);
      if (at === -1) return undefined;
      if (hole.capture) values.push(captured(text.slice(from, at), hole.kind));
    }
    if (!stands(text, this.#after, at)) return undefined;
    return this.#closes(text, at + this.#after.length) ? values : undefined;
  }

  #setLead(text: string, end: number): void {
    this.#leads++;
    this.#lead = this.#leads > MAX_LEADS ? "" : ownText(text.slice(0, end));
  }

  /** Anthropic pads its frames with blanks between and after the closing brackets, which mean nothing there. */
  #closes(text: string, from: number): boolean {
    let closed = 0;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BLANK) continue;
      if (code !== this.#closers.charCodeAt(closed)) return false;
      closed++;
    }
    return closed === this.#closers.length;
  }
}

const BLANK = 0x20;

/** Whether a text stands at a place in another. Several times as fast as `startsWith`. */
function stands(text: string, part: string, at: number): boolean {
  return text.slice(at, at + part.length) === part;
}

/** Where the brackets at the end of a frame begin, and the blanks among them. */
function closersAt(text: string): number {
  let at = text.length;
  while (at > 0 && " }]".includes(text.charAt(at - 1))) at--;
  return at;
}

function captured(raw: string, kind: Hole["kind"]): string {
  return kind === "string" && raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
}

/** How far a string is looked at character by character, which is faster than a pattern where it is short and has no escapes. */
const SHORT = 32;

/** Where the value that begins at `from` ends, or -1 where there is none. */
function endOf(text: string, from: number, kind: Hole["kind"]): number {
  if (kind === "string") {
    const end = plainEnd(text, from);
    if (end !== -1) return end;
  }
  const value = kind === "string" ? STRING : NUMBER;
  value.lastIndex = from;
  if (!value.test(text)) return -1;
  const end = value.lastIndex;
  return kind === "number" || text.charCodeAt(end) === QUOTE ? end : -1;
}

/** Where a short string without escapes ends, at its quote; -1 where it is no such string. */
function plainEnd(text: string, from: number): number {
  const limit = Math.min(text.length, from + SHORT);
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH || code < BLANK) return -1;
  }
  return -1;
}

/** White space, a colon, white space: what stands between a name and its value. */
const COLON = /\s*:\s*/y;

/** Finds a hole's value in a frame: the first that may be it and that is accepted. */
function locate(text: string, hole: Hole, accepts: (one: Located) => boolean): Located | undefined {
  const key = hole.path.at(-1);
  if (typeof key !== "string") return undefined;
  const name = JSON.stringify(key);
  let at = text.indexOf(name);
  for (let tried = 0; at !== -1 && tried < MAX_CANDIDATES; tried++) {
    COLON.lastIndex = at + name.length;
    if (COLON.test(text)) {
      const from = valueFrom(text, COLON.lastIndex, hole.kind);
      const to = from === -1 ? -1 : endOf(text, from, hole.kind);
      const one = { hole, from, to };
      if (to !== -1 && accepts(one)) return one;
    }
    at = text.indexOf(name, at + name.length);
  }
  return undefined;
}

/** Where a value of a kind begins that stands at a place; -1 where one of another kind does. */
function valueFrom(text: string, at: number, kind: Hole["kind"]): number {
  if (kind === "number") return at;
  return text.charCodeAt(at) === QUOTE ? at + 1 : -1;
}

/** Values that no frame has. Each hole has others, of which the first are those of the first. */
const PROOFS = [7_310_001, 7_320_001];

/** Proves that values stand at their paths, by putting others in their places. */
function areAtPaths(text: string, located: readonly Located[]): boolean {
  return PROOFS.every((proof) => {
    let changed = "";
    let at = 0;
    for (const [index, { from, to }] of located.entries()) {
      changed += text.slice(at, from) + (proof + index);
      at = to;
    }
    try {
      const root: JsonValue = JSON.parse(changed + text.slice(at));
      return located.every(({ hole: { path, kind } }, index) => {
        const value = valueAt(root, path);
        return typeof value === kind && Number(value) === proof + index;
      });
    } catch {
      return false;
    }
  });
}

function valueAt(root: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === "number") value = value[key];
    else if (isJsonObject(value) && typeof key === "string" && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}
