import type { RouteDecision } from "../../stream/call-context.js";

/** The header that says what routes decided until an answer began. */
export const ROUTE_HEADER = "x-sluice-route";

/** More targets than this do not fit a header. */
const MAX_TARGETS = 12;

/** What routes decided in one run. */
export class RouteTrail {
  /** The newest decision about each target, those that were decided about first, first. */
  #targets: Map<string, RouteDecision> | undefined;

  add(decision: RouteDecision): void {
    const key = `${decision.route}\n${decision.target}`;
    this.#targets ??= new Map();
    if (this.#targets.size < MAX_TARGETS || this.#targets.has(key)) this.#targets.set(key, decision);
  }

  /** As a list of structured fields (RFC 9651): `"openai/gpt-5";failed=overloaded, "ollama/qwen3";answers`. `undefined` for none. */
  get text(): string | undefined {
    if (this.#targets === undefined) return undefined;
    return [...this.#targets.values()]
      .map(({ target, outcome, code }) => `"${quoted(target)}";${outcome}${code === undefined ? "" : `=${code}`}`)
      .join(", ");
  }
}

/** A string of structured fields has ASCII, and escapes two characters. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, encodeURIComponent).replace(/["\\]/g, "\\$&");
}
