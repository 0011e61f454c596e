import { isJsonObject, type JsonValue } from "../base/json.js";
import { QUOTE } from "../base/json-characters.js";
import { type ValueKind, valueEnd } from "./value-end.js";

/** Where in a frame's JSON a value stands, for example `["choices", 0, "delta", "content"]`. */
export type Path = readonly (string | number)[];

/** A value that may differ between frames of one shape. */
export interface Hole {
  path: Path;
  kind: ValueKind;
  /** Whether its value is wanted; otherwise it only may differ. */
  capture: boolean;
}

/** A hole, and where in a frame its value begins and ends. */
export interface Located {
  hole: Hole;
  from: number;
  to: number;
}

/** How many values of one name are tried before a hole counts as not found. */
const MAX_CANDIDATES = 4;

/** Finds the holes that a frame has, in the order in which they stand in it. */
export function locateValues(text: string, holes: readonly Hole[]): Located[] {
  const find = (accepts: (one: Located) => boolean) =>
    holes.flatMap((hole) => locate(text, hole, accepts) ?? []).sort((a, b) => a.from - b.from);
  // Most often each value stands where its name first does, which is proved of all of them at once.
  const guessed = find(() => true);
  return areAtPaths(text, guessed) ? guessed : find((one) => areAtPaths(text, [one]));
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
      const to = from === -1 ? -1 : valueEnd(text, from, hole.kind);
      const one = { hole, from, to };
      if (to !== -1 && accepts(one)) return one;
    }
    at = text.indexOf(name, at + name.length);
  }
  return undefined;
}

/** Where a value of a kind begins that stands at a place; -1 where one of another kind does. */
function valueFrom(text: string, at: number, kind: ValueKind): number {
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
