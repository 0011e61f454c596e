import { anthropic } from "../dialects/anthropic/anthropic.js";
import type { Dialect } from "../dialects/dialect.js";
import { gemini } from "../dialects/gemini/gemini.js";
import { ollama } from "../dialects/ollama/ollama.js";
import { SluiceError } from "../stream/error.js";
import type { ServerCall } from "./call.js";
import { callerErrors } from "./caller-protocol.js";
import type { Route } from "./route.js";

/** Whose clients ask below a path. */
const FORMS: readonly [RegExp, Pick<Dialect, "writeError">][] = [
  [/^\/v1\/messages(?:\/|$)/, anthropic],
  [/^\/v1(?:beta|alpha)\//, gemini],
  [/^\/api\//, ollama],
];

/** How errors are written to a client that asks for what there is not: by the path, else by its headers. */
export function missingErrors(call: Pick<ServerCall, "path" | "header">): Pick<Dialect, "writeError"> {
  return FORMS.find(([path]) => path.test(call.path))?.[1] ?? callerErrors(call);
}

/** Of the paths that an error names. */
const MOST = 12;

/** The error for a method or a path that there is not: it names what is served in its place. */
export function missingRoute(
  routes: readonly Route[],
  { method, path }: Pick<ServerCall, "method" | "path">,
): SluiceError {
  const others = routes.filter((route) => fits(route.path, path)).map((route) => route.method);
  if (others.length > 0) {
    return new SluiceError(
      "not-found",
      `there is no ${method} ${path} here, but ${[...new Set(others)].join(" and ")}`,
    );
  }
  const near = nearby(routes, path);
  const hint = near.length === 0 ? "" : `; served there: ${near.join(", ")}`;
  return new SluiceError("not-found", `there is no ${method} ${path} here${hint}`);
}

/** Those that begin as a path does, by as many of its segments as any. */
function nearby(routes: readonly Route[], path: string): string[] {
  const segments = path.split("/");
  for (let shared = segments.length - 1; shared > 1; shared--) {
    const head = `${segments.slice(0, shared).join("/")}/`;
    const found = routes.filter((route) => route.path.startsWith(head));
    if (found.length > 0) return found.slice(0, MOST).map((route) => `${route.method} ${route.path}`);
  }
  return [];
}

function fits(pattern: string, path: string): boolean {
  const asked = path.split("/");
  const parts = pattern.split("/");
  const open = parts.at(-1) === "*";
  if (open ? asked.length < parts.length : asked.length !== parts.length) return false;
  return parts.every((part, index) => part === "*" || part.startsWith(":") || part === asked[index]);
}
