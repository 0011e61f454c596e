import { isJsonObject, type JsonValue } from "../base/json.js";

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
    this.#lessons++;
    if (this.#lessons < FIRST_LESSON || this.#lessons > LAST_LESSON) return;
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

/** The inside of a JSON string, and a JSON number (RFC 8259). Neither can match in two ways, so matching is linear. */
const STRING = '[^"\\\\\\x00-\\x1f]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\\\\x00-\\x1f]*)*';
const NUMBER = "-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";
/** Longer frames take the full parse: a pattern needs memory for what it matches. */
const LONGEST = 64 * 1024;

/** A frame's text with holes, as a pattern: comparing by pattern is several times as fast as by `startsWith`. */
class Shape {
  readonly #pattern: RegExp;
  /** Kinds of the captured values. */
  readonly #kinds: readonly Hole["kind"][];

  private constructor(pattern: RegExp, kinds: readonly Hole["kind"][]) {
    this.#pattern = pattern;
    this.#kinds = kinds;
  }

  static of(text: string, holes: readonly Hole[]): Shape | undefined {
    const located = holes.flatMap((hole) => locate(text, hole) ?? []).sort((a, b) => a.from - b.from);
    const captured = located.filter((hole) => hole.capture);
    if (captured.length === 0) return undefined;
    let pattern = "";
    let at = 0;
    for (const { kind, capture, from, to } of located) {
      const value = kind === "string" ? STRING : NUMBER;
      pattern += escapePattern(text.slice(at, from)) + (capture ? `(${value})` : value);
      at = to;
    }
    const end = Math.max(at, text.search(CLOSERS));
    pattern += escapePattern(text.slice(at, end)) + closersPattern(text.slice(end));
    return new Shape(
      compiled(`^${pattern}$`),
      captured.map((hole) => hole.kind),
    );
  }

  match(text: string): string[] | undefined {
    if (text.length > LONGEST) return undefined;
    const found = this.#pattern.exec(text);
    if (found === null) return undefined;
    const values: string[] = [];
    for (let i = 0; i < this.#kinds.length; i++) {
      const raw = found[i + 1] ?? "";
      values.push(this.#kinds[i] === "string" && raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw);
    }
    return values;
  }
}

/** The brackets at the end of a frame, and blanks among them. */
const CLOSERS = /[}\] ]*$/;

/** Anthropic pads its frames with blanks between and after the closing brackets, which mean nothing there. */
function closersPattern(closers: string): string {
  return `${[...closers.replaceAll(" ", "")].map((closer) => ` *\\${closer}`).join("")} *`;
}

/** How many patterns are kept for the streams to come. */
const MAX_PATTERNS = 32;
/** Streams of one provider have the same shapes: they share the compiled patterns, which take kilobytes. The oldest goes first. */
const patterns = new Map<string, RegExp>();

function compiled(source: string): RegExp {
  const pattern = patterns.get(source) ?? new RegExp(source);
  patterns.delete(source);
  patterns.set(source, pattern);
  const [oldest] = patterns.keys();
  if (patterns.size > MAX_PATTERNS && oldest !== undefined) patterns.delete(oldest);
  return pattern;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Where the value that begins at `from` ends, or -1. */
function endOf(text: string, from: number, kind: Hole["kind"]): number {
  const value = new RegExp(kind === "string" ? `${STRING}(?=")` : NUMBER, "y");
  value.lastIndex = from;
  return value.test(text) ? value.lastIndex : -1;
}

/** Finds a hole's value in a frame, and proves that it is the value at the path by putting another in its place. */
function locate(text: string, hole: Hole): Located | undefined {
  const key = hole.path.at(-1);
  if (typeof key !== "string") return undefined;
  const value = hole.kind === "string" ? '"' : "(?=[-\\d])";
  const pattern = new RegExp(`${escapePattern(JSON.stringify(key))}\\s*:\\s*${value}`, "g");
  for (const match of text.matchAll(pattern)) {
    const from = match.index + match[0].length;
    const to = endOf(text, from, hole.kind);
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
