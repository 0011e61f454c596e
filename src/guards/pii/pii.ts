import type { ChatRequest } from "../../stream/chat-request.js";
import { boolean, type Check, exactly, list, oneOf } from "../../stream/checks.js";
import { inTurn, stageTransform } from "../../stream/sources/staged.js";
import type { Transform } from "../../stream/sources/transform.js";
import type { Stage } from "../../stream/stage.js";
import { filterRequest } from "../filter-request.js";
import { filterStage } from "../filter-stage.js";
import type { CallGuard, Guard, GuardedCall } from "../guard.js";
import { PiiVault } from "./pii-vault.js";
import { PlaceholderRestorer } from "./placeholder-restorer.js";
import { scrub } from "./scrub.js";
import { SCRUB_OPTIONS, type ScrubOptions, type ScrubRules, scrubRules } from "./scrub-rules.js";
import { Scrubber } from "./scrubber.js";

/** Settings of `pii`. */
export interface PiiOptions extends ScrubOptions {
  /** What is scrubbed: `input` (what the provider sees), `output` (what the reader sees), or both (default). */
  directions?: readonly Direction[];
  /**
   * Placeholders are numbered, and the reader is shown the values again. `true`: each call has a vault of its own, gone when
   * the call is over. A vault of the caller's keeps the same placeholders over a conversation, which reasoning that a
   * provider signed needs; it must serve one user alone. Default false.
   */
  reversible?: boolean | PiiVault;
}

/** Which way a text goes. */
export type Direction = "input" | "output";

const DIRECTIONS: readonly Direction[] = ["input", "output"];
const NAME = "pii";

const OPTIONS = exactly("pii", {
  ...SCRUB_OPTIONS,
  directions: list("an array of input and output", oneOf(...DIRECTIONS)),
  reversible: (value, path) => {
    if (!(value instanceof PiiVault)) boolean(value, path);
  },
} satisfies Record<keyof PiiOptions, Check>);

/**
 * A guard that replaces personal data with placeholders: in requests before the provider sees them, in answers before the
 * reader does.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { guard, model, pii } from "sluice";
 *
 * const guarded = guard(model("openai/gpt-5"), pii({ reversible: true }));
 * ```
 */
export function pii(options: PiiOptions = {}): Guard {
  OPTIONS(options, "");
  const { directions = DIRECTIONS, reversible = false, ...scrubbing } = options;
  const rules = scrubRules(scrubbing);
  const piiGuard = (ways: readonly Direction[]): Guard => ({
    name: NAME,
    begin: (call) => new PiiCall(rules, ways, reversible, call),
  });
  const whole = piiGuard(directions);
  // Tools get the values that the reader gets, and what they return is scrubbed before the provider sees it.
  if (reversible !== false) return { ...whole, aroundLoop: { each: whole } };
  return {
    ...whole,
    aroundLoop: {
      ...(directions.includes("input") && { each: piiGuard(["input"]) }),
      ...(directions.includes("output") && { whole: piiGuard(["output"]) }),
    },
  };
}

/**
 * A stage that replaces personal data in an answer with placeholders.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function scrubStage(options: ScrubOptions = {}): Stage {
  const rules = scrubRules(options);
  return filterStage((key) => new Scrubber(rules, { key }), { guard: NAME });
}

/**
 * A text with its personal data replaced with placeholders.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { scrubText } from "sluice/guards";
 *
 * scrubText("Write to anna@example.com"); // "Write to <EMAIL_ADDRESS>"
 * ```
 */
export function scrubText(text: string, options: ScrubOptions = {}): string {
  return scrub(text, scrubRules(options));
}

class PiiCall implements CallGuard {
  readonly #rules: ScrubRules;
  readonly #directions: readonly Direction[];
  readonly #call: GuardedCall;
  readonly #vault: PiiVault | undefined;
  /** Whether placeholders are the same in every call. */
  readonly #lasting: boolean;

  constructor(rules: ScrubRules, directions: readonly Direction[], reversible: boolean | PiiVault, call: GuardedCall) {
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
      ? filterStage((key) => new Scrubber(this.#rules, { key }), { guard: NAME })
      : undefined;
    const vault = this.#vault;
    if (vault === undefined) return scrub && stageTransform(scrub);
    const restore = filterStage(() => new PlaceholderRestorer(vault), { guard: NAME, changedOpaque: "keep" });
    return stageTransform(scrub === undefined ? restore : inTurn(scrub, restore));
  }
}

/** What looks like a placeholder in a request and is none stays what it is, in the answer as well. */
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
