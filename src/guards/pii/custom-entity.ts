import { invalid } from "../../stream/error.js";
import type { Phrase, Rule } from "./entity.js";

/** An entity of one's own. */
export interface CustomEntity {
  /** As it stands in the placeholder: capitals, digits and underscores, for example `EMPLOYEE_ID`. */
  name: string;
  /**
   * What it looks like. It is searched in stretches of at most 128 characters: Latin letters, digits and the signs
   * `. _ - + % @ : / # & ' ( ) $ ~ ^ \`, with the white space between `words`. It cannot go across other signs or scripts, but
   * look behind at up to 32 characters: `/(?<=key=)\w+/`. A pattern that backtracks without end is its author's to avoid.
   */
  pattern: RegExp;
  /** Looks closer at what the pattern found, a checksum for example. */
  validate?: (value: string) => boolean;
  /**
   * The whole first word of it. With this, words that cannot begin it cost nothing and are not buffered. Needed where
   * `words` is more than 1.
   */
  begins?: RegExp;
  /** How many words it has at most, words being what white space separates. Default 1. */
  words?: number;
  /** Whether it is looked for in fenced code, too. Default false. */
  inCode?: boolean;
}

/** The most words of a custom entity. */
const MOST_WORDS = 16;

/** @throws {SluiceError} `invalid-argument`. */
export function customRule(entity: CustomEntity, index: number): Rule {
  const { name, pattern, validate, begins, words = 1, inCode } = entity;
  const path = `custom[${index}]`;
  if (typeof name !== "string" || !/^[A-Z][A-Z0-9_]{0,63}$/.test(name)) {
    throw invalid(`${path}.name`, name, "capitals, digits and underscores, beginning with a capital, at most 64");
  }
  if (!(pattern instanceof RegExp) || pattern.test("")) {
    throw invalid(`${path}.pattern`, String(pattern), "a regular expression that does not match nothing");
  }
  if (!Number.isInteger(words) || words < 1 || words > MOST_WORDS) {
    throw invalid(`${path}.words`, words, `a whole number from 1 to ${MOST_WORDS}`);
  }
  if (words > 1 && begins === undefined)
    throw invalid(`${path}.begins`, begins, "a regular expression for the first word");
  return {
    entity: name,
    pattern: new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}g`),
    needs: 0,
    ...(validate && { accept: validate }),
    ...(inCode === true && { inCode: true as const }),
  };
}

/** Holds back the words of a custom entity. */
export function customPhrase({ begins, words = 1, inCode }: CustomEntity): Phrase {
  const first =
    begins === undefined ? undefined : new RegExp(`^(?:${begins.source})$`, begins.flags.replace(/[gy]/g, ""));
  return {
    ...(first && { opens: first }),
    ...(inCode === true && { inCode: true as const }),
    begin: (word) => (words > 1 && first?.test(word) === true ? 1 : 0),
    next: (state) => (state + 1 < words ? state + 1 : 0),
  };
}
