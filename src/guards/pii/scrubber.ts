import { checkScrubber } from "./check-scrubber.js";
import { EntityScrubber } from "./entity-scrubber.js";
import type { ScrubRules } from "./scrub-rules.js";
import type { ScrubberOptions } from "./scrubber-options.js";

/**
 * Replaces entities in text that arrives in pieces. It looks at each character once and buffers only the last word,
 * or the last few where they may still become an entity: never more than `MAX_WINDOW` characters and a gap.
 *
 * The text is cut into stretches: a word, or the words of a phrase that may be an entity. Where they begin and end depends
 * on the text alone, and a stretch is searched when it is complete, so the result is the same however the text arrived.
 */
export class Scrubber extends EntityScrubber {
  /** @throws {SluiceError} `invalid-argument` for rules that `scrubRules` did not make, and for unknown options. */
  constructor(rules: ScrubRules, options: ScrubberOptions = {}) {
    checkScrubber(rules, options);
    super(rules, options);
  }
}
