import { boolean, type Check, callable, exactly, jsonObject, list, string, withFields } from "../../stream/checks.js";
import type { ScrubRules } from "./scrub-rules.js";
import type { ScrubberOptions } from "./scrubber-options.js";

const rules = list("an array of rules", jsonObject);

const RULES = withFields("what scrubRules() makes", {
  inText: { required: rules },
  inCode: { required: rules },
  inUrls: { required: rules },
  phrases: { required: list("an array of phrases", jsonObject) },
  everyWord: { required: boolean },
  urls: { required: boolean },
  fences: { required: boolean },
} satisfies Partial<Record<keyof ScrubRules, { required: Check }>>);

const OPTIONS = exactly("Scrubber", { replace: callable, key: string } satisfies Record<keyof ScrubberOptions, Check>);

/** Looks at what a scrubber is made of. */
export function checkScrubber(given: ScrubRules, options: ScrubberOptions): void {
  RULES(given, "rules");
  OPTIONS(options, "");
}
