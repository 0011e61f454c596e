import { string } from "../../stream/checks.js";
import type { Stage } from "../../stream/stage.js";
import { filterStage } from "../filter-stage.js";
import { EntityScrubber } from "./entity-scrubber.js";
import { scrub } from "./scrub.js";
import type { ScrubOptions } from "./scrub-options.js";
import { scrubRules } from "./scrub-rules.js";

/**
 * A stage that replaces personal data in an answer with placeholders.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function scrubStage(options: ScrubOptions = {}): Stage {
  const rules = scrubRules(options);
  return filterStage((key) => new EntityScrubber(rules, { key }), { guard: "pii" });
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
  string(text, "text");
  return scrub(text, scrubRules(options));
}
