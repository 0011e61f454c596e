import { type Check, exactly, jsonObject, list, oneOf } from "../../stream/checks.js";
import { type CustomEntity, customPhrase, customRule } from "./custom-entity.js";
import { ENTITIES, type EntityName } from "./entity.js";

/** What is scrubbed, and where. */
export interface ScrubOptions {
  /**
   * Whose telephone numbers, street addresses, postal codes and boxes are known, beside what is the same everywhere:
   * `en-US` (default) and the others of `LocaleName`, any number of them.
   */
  locales?: readonly LocaleName[];
  /** Only these; default all. Custom ones are always looked for. */
  entities?: readonly EntityName[];
  /** Entities of one's own. They win over all others. */
  custom?: readonly CustomEntity[];
  /**
   * `keep` (default) leaves addresses alone that begin with `https://` and the like, but for the passwords, keys and tokens
   * in them; `scrub` looks for everything in them.
   */
  urls?: "keep" | "scrub";
  /**
   * What happens in fenced code blocks: `secrets` (default) looks for keys and tokens alone, `keep` for nothing, `scrub`
   * for everything. Code within a line is text.
   */
  code?: "secrets" | "keep" | "scrub";
}

/** A language or country whose entities are known. */
export type LocaleName =
  | "en-US"
  | "en-GB"
  | "de"
  | "fr"
  | "en-AU"
  | "en-CA"
  | "en-IN"
  | "es"
  | "it"
  | "ja"
  | "nl"
  | "pt-BR";

const LOCALES: readonly LocaleName[] = [
  "en-US",
  "en-GB",
  "de",
  "fr",
  "en-AU",
  "en-CA",
  "en-IN",
  "es",
  "it",
  "ja",
  "nl",
  "pt-BR",
];

/** The fields of `ScrubOptions`. */
export const SCRUB_OPTIONS = {
  locales: list("an array of locales", oneOf(...LOCALES)),
  entities: list("an array of entities", oneOf(...ENTITIES)),
  custom: list("an array of entities of your own", jsonObject),
  urls: oneOf("keep", "scrub"),
  code: oneOf("secrets", "keep", "scrub"),
} satisfies Record<keyof ScrubOptions, Check>;

const OPTIONS = exactly("scrubbing", SCRUB_OPTIONS);

/**
 * Checks options without making rules of them.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown locale or entity, and for a custom entity that is not right.
 */
export function checkScrubbing(options: ScrubOptions): void {
  OPTIONS(options, "");
  for (const [index, entity] of (options.custom ?? []).entries()) {
    customRule(entity, index);
    customPhrase(entity);
  }
}
