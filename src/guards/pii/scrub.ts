import { JsonInTextFilter } from "../json-in-text-filter.js";
import { filterText } from "../text-filter.js";
import { EntityScrubber } from "./entity-scrubber.js";
import type { ScrubRules } from "./scrub-rules.js";
import type { ScrubberOptions } from "./scrubber-options.js";

/** A whole text, scrubbed, and the JSON in it as JSON. */
export function scrub(text: string, rules: ScrubRules, { replace, key }: ScrubberOptions = {}): string {
  const make = (inner: string | undefined) => new EntityScrubber(rules, { replace, key: inner });
  return filterText(new JsonInTextFilter(make, { key }), text);
}
