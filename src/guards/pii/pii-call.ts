import type { ChatRequest } from "../../stream/chat-request.js";
import type { Transform } from "../../stream/sources/transform.js";
import { filterRequest } from "../filter-request.js";
import { filterStage } from "../filter-stage.js";
import { filterTransform } from "../filter-transform.js";
import type { CallGuard, GuardedCall } from "../guard.js";
import { EntityScrubber } from "./entity-scrubber.js";
import { PiiVault } from "./pii-vault.js";
import { PlaceholderRestorer } from "./placeholder-restorer.js";
import { scrub } from "./scrub.js";
import type { ScrubOptions } from "./scrub-options.js";
import { type ScrubRules, scrubRules } from "./scrub-rules.js";

/** Which way a text goes. */
export type Direction = "input" | "output";

/** What the guard's part in a call depends on. */
export interface PiiCallOptions {
  readonly directions: readonly Direction[];
  readonly reversible: boolean | PiiVault;
  readonly call: GuardedCall;
}

/** Gives the guard's part in one call. */
export type PiiCalls = (options: PiiCallOptions) => CallGuard & Required<Pick<CallGuard, "request">>;

/** The parts of a guard in the calls that it guards: they share its rules. */
export function piiCalls(options: ScrubOptions): PiiCalls {
  const rules = scrubRules(options);
  return (asked) => new PiiCall(rules, asked);
}

class PiiCall implements CallGuard {
  readonly #rules: ScrubRules;
  readonly #directions: readonly Direction[];
  readonly #call: GuardedCall;
  readonly #vault: PiiVault | undefined;
  /** Whether placeholders are the same in every call. */
  readonly #lasting: boolean;

  constructor(rules: ScrubRules, { directions, reversible, call }: PiiCallOptions) {
    this.#rules = rules;
    this.#directions = directions;
    this.#call = call;
    this.#lasting = reversible instanceof PiiVault;
    this.#vault = reversible instanceof PiiVault ? reversible : reversible ? new PiiVault() : undefined;
  }

  request(request: ChatRequest): ChatRequest {
    if (!this.#directions.includes("input")) return request;
    const vault = this.#vault;
    let known = vault?.size;
    const replace = vault && ((entity: string, value: string) => vault.placeholder(entity, value));
    if (vault !== undefined) avoidPlaceholders(request, vault);
    return filterRequest(request, {
      text: (text, _, key) => {
        known = vault?.size;
        return scrub(text, this.#rules, { replace, key });
      },
      // With no new value in it, the text had been restored from placeholders, and has them again.
      keepsOpaque: () => this.#lasting && vault?.size === known,
      droppedOpaque: (path) =>
        this.#call.warn({ field: path, message: "sent without the provider's state: its text was changed by a guard" }),
    });
  }

  answer(): Transform | undefined {
    const scrub = this.#directions.includes("output")
      ? filterStage((key) => new EntityScrubber(this.#rules, { key }), { guard: "pii" })
      : undefined;
    const vault = this.#vault;
    if (vault === undefined) return scrub && filterTransform(scrub);
    const restore = filterStage(() => new PlaceholderRestorer(vault), { guard: "pii", changedOpaque: "keep" });
    return scrub === undefined ? filterTransform(restore) : filterTransform(scrub, restore);
  }
}

/** Text of a request that only looks like a placeholder stays what it is, in the answer as well. */
function avoidPlaceholders(request: ChatRequest, vault: PiiVault): void {
  filterRequest(request, {
    text: (text) => {
      vault.avoid(text);
      return text;
    },
    keepsOpaque: () => true,
    droppedOpaque: () => {},
  });
}
