import { isJsonObject, type JsonValue } from "../stream/json.js";

/** Where in a frame's JSON a value stands, for example `["choices", 0, "delta", "content"]`. */
export type Path = readonly (string | number)[];

/** A value that may differ between frames of one shape. */
export interface Hole {
  path: Path;
  kind: "string" | "number";
  /** Whether its value is wanted; otherwise it only may differ. */
  capture: boolean;
}

/** How many frames are studied before a stream is taken to have no shape worth learning. */
const MAX_LESSONS = 16;
/** Kinds of deltas that a stream alternates between: text, reasoning, tool arguments, and one to spare. */
const MAX_SHAPES = 4;

/**
 * Knows frames that differ only in a few values. Most frames of a stream do: once one was parsed, those like it are
 * compared with its constant parts and need no parsing. A frame that differs in any constant character, or whose values
 * are not valid JSON, matches nothing and takes the full parse.
 *
 * @template T what a matching frame means to the reader.
 */
export class LearnedShapes<T> {
  readonly #shapes: { shape: Shape; meaning: T }[] = [];
  #lessons = 0;

  /** Calls `found` with the meaning of the frame's shape and its captured values, and returns whether it had one. */
  match(text: string, found: (meaning: T, values: readonly string[]) => void): boolean {
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
    if (this.#lessons++ >= MAX_LESSONS) return;
    const shape = Shape.of(text, holes);
    if (shape === undefined) return;
    this.#shapes.unshift({ shape, meaning });
    if (this.#shapes.length > MAX_SHAPES) this.#shapes.pop();
  }
}

interface Located extends Hole {
  from: number;
  to: number;
}

class Shape {
  readonly #start: string;
  /** Each hole, and the constant text that follows it. */
  readonly #holes: readonly { kind: Hole["kind"]; capture: boolean; after: string }[];

  private constructor(start: string, holes: readonly { kind: Hole["kind"]; capture: boolean; after: string }[]) {
    this.#start = start;
    this.#holes = holes;
  }

  static of(text: string, holes: readonly Hole[]): Shape | undefined {
    const located = holes.flatMap((hole) => locate(text, hole) ?? []).sort((a, b) => a.from - b.from);
    const [first] = located;
    if (first === undefined || !located.some((hole) => hole.capture)) return undefined;
    return new Shape(
      text.slice(0, first.from),
      located.map(({ kind, capture, to }, index) => ({
        kind,
        capture,
        after: text.slice(to, located[index + 1]?.from),
      })),
    );
  }

  match(text: string): string[] | undefined {
    if (!text.startsWith(this.#start)) return undefined;
    let at = this.#start.length;
    const values: string[] = [];
    for (const { kind, capture, after } of this.#holes) {
      const end = kind === "string" ? stringEnd(text, at) : numberEnd(text, at);
      if (end === -1 || !text.startsWith(after, end)) return undefined;
      if (capture || kind === "string") {
        const raw = text.substring(at, end);
        const value = kind === "string" ? decode(raw) : raw;
        if (value === undefined) return undefined;
        if (capture) values.push(value);
      }
      at = end + after.length;
    }
    return at === text.length ? values : undefined;
  }
}

/** The position of the quote that ends a string which begins before `at`, or -1. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (end - escapes > at && text.charCodeAt(end - escapes - 1) === 0x5c) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function numberEnd(text: string, at: number): number {
  NUMBER.lastIndex = at;
  return NUMBER.test(text) ? NUMBER.lastIndex : -1;
}

/** The value of the inside of a JSON string, or `undefined` where it is not valid. */
function decode(raw: string): string | undefined {
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code === 0x5c) return decodeEscapes(raw);
    if (code < 0x20) return undefined;
  }
  return raw;
}

function decodeEscapes(raw: string): string | undefined {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return undefined;
  }
}

/** Finds a hole's value in a frame, and proves that it is the value at the path by putting another in its place. */
function locate(text: string, hole: Hole): Located | undefined {
  const key = hole.path.at(-1);
  if (typeof key !== "string") return undefined;
  const value = hole.kind === "string" ? '"' : "(?=[-\\d])";
  const pattern = new RegExp(`${JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*:\\s*${value}`, "g");
  for (const match of text.matchAll(pattern)) {
    const from = match.index + match[0].length;
    const to = hole.kind === "string" ? stringEnd(text, from) : numberEnd(text, from);
    if (to !== -1 && stands(text, from, to, hole)) return { ...hole, from, to };
  }
  return undefined;
}

const PROOFS = { string: ["sluice-1", "sluice-2"], number: ["7310001", "7310002"] } as const;

function stands(text: string, from: number, to: number, { path, kind }: Hole): boolean {
  return PROOFS[kind].every((proof) => {
    try {
      const value = valueAt(JSON.parse(text.slice(0, from) + proof + text.slice(to)), path);
      return value === (kind === "string" ? proof : Number(proof));
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
