import { checkScrubber } from "./check-scrubber.js";
import { EntityScrubber } from "./entity-scrubber.js";
import type { ScrubRules } from "./scrub-rules.js";
import type { ScrubberOptions } from "./scrubber-options.js";

/**
 * Replaces entities in text that arrives in pieces. It looks at each character once and buffers only the last word,
 * or the last few where they may still become an entity: never more than `MAX_WINDOW` characters and a gap.
 */
export class Scrubber extends EntityScrubber {
  /** @throws {SluiceError} `invalid-argument` for rules that `scrubRules` did not make, and for unknown options. */
  constructor(rules: ScrubRules, options: ScrubberOptions = {}) {
    checkScrubber(rules, options);
    super(rules, options);
  }
}
