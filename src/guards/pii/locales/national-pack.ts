import { expression, NOT_AFTER, NOT_BEFORE } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";

/** Numbers that look alike; how they are written, without what stands around them. */
interface NumberForm {
  /** The source of a regular expression. */
  pattern: string;
  /** How many digits it has, at least and at most. */
  digits?: readonly [least: number, most: number];
}

/** A number that a state gives to people or companies. */
export interface NationalId extends NumberForm {
  /** Looks at its signs without what separates them: check digits. */
  check?: (signs: string) => boolean;
  /** The words for it, lower case, as the source of a regular expression. */
  label: string;
  /** How it is written where it is found without a label, too: groups or letters that say what it is. */
  alone?: RegExp;
}

/** A postal code, and what must stand beside it: any number could be one. */
interface PostalCode {
  pattern: string;
  /** The words for it, lower case, as the source of a regular expression. */
  label: string;
  /** What may stand before it instead: a street, a state. */
  before?: RegExp;
  /** What may follow it instead: a city. */
  after?: RegExp;
  /** How it is written where it needs nothing beside it. */
  alone?: RegExp;
}

/** What a country adds, as data. */
export interface NationalData {
  locale: string;
  phones: readonly NumberForm[];
  postalCodes: readonly PostalCode[];
  ids: readonly NationalId[];
  phrases?: readonly Phrase[];
}

/** Makes a pack of the data of a country. */
export function nationalPack({ locale, phones, postalCodes, ids, phrases = [] }: NationalData): LocalePack {
  const codePhrase: Phrase = {
    begin: (word) => (codes.some((code) => code.test(word)) ? 1 : 0),
    next: () => 0,
  };
  const codes = postalCodes.map(({ pattern }) => new RegExp(`^\\(?(?:${pattern})$`));
  return {
    locale,
    rules: [...ids.map(idRule), ...phones.map(phoneRule), ...postalCodes.map(postalCodeRule)],
    phrases: postalCodes.length === 0 ? phrases : [...phrases, codePhrase],
  };
}

/** A national number behind its name, or alone where it says what it is. */
export function idRule({ pattern, digits, check, label, alone }: NationalId): Rule {
  const labelled = labelOf(label);
  return {
    entity: "NATIONAL_ID",
    pattern: expression(`(?<![\\w.,+/-])(?:${pattern})(?![\\w]|[.,/-]\\d)`),
    needs: alone === undefined ? HAS.digit | HAS.letter : HAS.digit,
    accept: (value, before) => {
      if (!hasDigits(value, digits)) return false;
      if (check !== undefined && !check(value.replace(/[^0-9A-Za-z]/g, "").toUpperCase())) return false;
      return alone?.test(value) === true || labelled.test(before);
    },
  };
}

function phoneRule({ pattern, digits }: NumberForm): Rule {
  return {
    entity: "PHONE_NUMBER",
    pattern: expression(`${NOT_AFTER}(?:${pattern})${NOT_BEFORE}`),
    needs: HAS.digits7,
    accept: (value) => hasDigits(value, digits),
  };
}

function postalCodeRule({ pattern, label, before: beside, after: behind, alone }: PostalCode): Rule {
  const labelled = labelOf(label);
  return {
    entity: "ZIP_CODE",
    pattern: expression(`${NOT_AFTER}(?:${pattern})${NOT_BEFORE}`),
    needs: HAS.digit,
    accept: (value, before, after) =>
      alone?.test(value) === true ||
      labelled.test(before) ||
      beside?.test(before) === true ||
      behind?.test(after) === true,
  };
}

/** What stands before a number that is called by its name: `BSN: `, `"cpf": "`, `my TFN is `, `DNI nº `. */
function labelOf(words: string): RegExp {
  const more = "number|num|no|nr|n[º°]|número|numero|nummer|numéro|is|es|è|é|ist|lautet|est";
  return new RegExp(`(?<![a-zà-ÿ])(?:${words})(?:[\\s_.]{0,2}(?:${more})(?![a-zà-ÿ])){0,3}[^\\w\\n]{0,5}$`, "i");
}

function hasDigits(value: string, digits: NumberForm["digits"]): boolean {
  if (digits === undefined) return true;
  const count = value.replace(/\D/g, "").length;
  return count >= digits[0] && count <= digits[1];
}
