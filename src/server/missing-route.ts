import { editDistance, nearest } from "../base/nearest.js";
import { anthropic } from "../dialects/anthropic/anthropic.js";
import type { Dialect } from "../dialects/dialect.js";
import { gemini } from "../dialects/gemini/gemini.js";
import { ollama } from "../dialects/ollama/ollama.js";
import { SluiceError } from "../stream/error.js";
import { restErrors } from "./a2a/rest-errors.js";
import type { ServerCall } from "./call.js";
import { callerErrors } from "./caller-protocol.js";
import type { Route } from "./route.js";

/** Whose clients ask below a path. */
const FORMS: readonly [RegExp, Pick<Dialect, "writeError">][] = [
  [/^\/v1\/messages(?:\/|$)/, anthropic],
  [/^\/v1(?:beta|alpha)\//, gemini],
  [/^\/a2a\/[^/]+\/v1(?:\/|$)/, restErrors],
  [/^\/api\//, ollama],
];

/** How errors are written to a client that asks for what there is not: by the path, else by its headers. */
export function missingErrors(call: Pick<ServerCall, "path" | "header">): Pick<Dialect, "writeError"> {
  return FORMS.find(([path]) => path.test(call.path))?.[1] ?? callerErrors(call);
}

/** Of the paths that an error names where none is like the one that was asked for. */
const MOST = 12;
/** A longer path, in characters, is no slip of the hand: comparing costs what the lengths multiply to. */
const LONGEST = 100;

/** The error for a method or a path that there is not: it names what is served in its place. */
export function missingRoute(
  routes: readonly Route[],
  { method, path }: Pick<ServerCall, "method" | "path">,
): SluiceError {
  const missing = `there is no ${method} ${path} here`;
  const methods = methodsOf(routes);
  const others = [...methods].flatMap(([pattern, served]) => (fits(pattern, path) ? [...served] : []));
  if (others.length > 0) {
    return new SluiceError("not-found", `${missing}, but ${[...new Set(others)].join(" and ")}`);
  }
  return new SluiceError("not-found", `${missing}${hintOf(methods, path)}`);
}

/** The methods of each path that is served. */
function methodsOf(routes: readonly Route[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of routes) methods.set(path, (methods.get(path) ?? new Set()).add(method));
  return methods;
}

/** The nearest paths; where none is near, those beside it. */
function hintOf(methods: ReadonlyMap<string, ReadonlySet<string>>, path: string): string {
  const named = (pattern: string) => `${[...(methods.get(pattern) ?? [])].join(" and ")} ${pattern}`;
  const near = nearestPaths([...methods.keys()], path);
  if (near.length > 0) return `; the nearest: ${near.map(named).join(", ")}`;
  const beside = pathsBeside([...methods.keys()], path);
  if (beside.length === 0) return "";
  const more = beside.length > MOST ? ` and ${beside.length - MOST} more` : "";
  return `; served there: ${beside.slice(0, MOST).map(named).join(", ")}${more}`;
}

/** Those that a path could have been meant as, the closest first. */
function nearestPaths(patterns: readonly string[], path: string): string[] {
  if (path.length > LONGEST) return [];
  const asked = path.split("/").slice(1);
  return patterns
    .map((pattern) => ({ pattern, distance: distanceOf(asked, pattern.split("/").slice(1)) }))
    .filter(({ distance }) => distance !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ pattern }) => pattern);
}

/** How far a path is from a pattern: by the segments that they do not share, which alone say whether it is near at all. */
function distanceOf(asked: readonly string[], pattern: readonly string[]): number {
  // What stands in the place of a parameter is as it should be.
  const filled = pattern.map((part, index) => (isOpen(part) ? asked[index] || part : part));
  // Where nothing else is shared, that says nothing.
  const isKin = pattern.every((part) => !isOpen(part)) || pattern.some((part) => asked.includes(part));
  const shorter = Math.min(asked.length, filled.length);
  let head = 0;
  while (head < shorter && asked[head] === filled[head]) head++;
  let tail = 0;
  while (tail < shorter - head && asked.at(-1 - tail) === filled.at(-1 - tail)) tail++;
  const wanted = asked.slice(head, asked.length - tail).join("/");
  const candidate = filled.slice(head, filled.length - tail).join("/");
  const isOneMore = tail > 0 && (wanted === "" || candidate === "");
  const isNear = isOneMore || (wanted !== "" && nearest(wanted, [candidate]).length > 0);
  return isKin && isNear ? editDistance(wanted, candidate) : Number.POSITIVE_INFINITY;
}

/** Those that begin as a path does, by as many of its segments as any. */
function pathsBeside(patterns: readonly string[], path: string): string[] {
  const segments = path.split("/");
  for (let shared = segments.length - 1; shared > 1; shared--) {
    const head = segments.slice(0, shared).join("/");
    const found = patterns.filter((pattern) => pattern === head || pattern.startsWith(`${head}/`));
    if (found.length > 0) return found;
  }
  return [];
}

function fits(pattern: string, path: string): boolean {
  const asked = path.split("/");
  const parts = pattern.split("/");
  const open = parts.at(-1) === "*";
  if (open ? asked.length < parts.length : asked.length !== parts.length) return false;
  return parts.every((part, index) => isOpen(part) || part === asked[index]);
}

/** Whether anything may stand in the place of a segment. */
function isOpen(part: string): boolean {
  return part === "*" || part.startsWith(":");
}
