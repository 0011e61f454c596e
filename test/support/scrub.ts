import type { ScrubOptions } from "../../src/guards/pii/scrub-options.js";
import { scrubRules } from "../../src/guards/pii/scrub-rules.js";
import { Scrubber } from "../../src/guards/pii/scrubber.js";
import { filterText } from "../../src/guards/text-filter.js";

const ALL: ScrubOptions = {
  locales: ["en-US", "en-GB", "de", "fr", "en-AU", "en-CA", "en-IN", "es", "it", "ja", "nl", "pt-BR"],
};
/** The rules of every locale. */
export const allRules = scrubRules(ALL);

export function scrub(text: string, options: ScrubOptions = {}): string {
  return filterText(new Scrubber(scrubRules(options)), text);
}

/** Scrubs a text that comes in pieces, with the rules of every locale. */
export function scrubPieces(pieces: readonly string[]): string {
  const scrubber = new Scrubber(allRules);
  let out = "";
  for (const piece of pieces) out += scrubber.push(piece);
  return out + scrubber.end();
}
