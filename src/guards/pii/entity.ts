/**
 * What the scrubber looks for, by the name in its placeholder: `EMAIL_ADDRESS` becomes `<EMAIL_ADDRESS>`. All but
 * `API_KEY` and `NATIONAL_ID` are the names that Dapr's conversation API uses.
 */
export type EntityName =
  | "EMAIL_ADDRESS"
  | "PHONE_NUMBER"
  | "IP"
  | "CREDIT_CARD"
  | "IBAN"
  | "US_SSN"
  | "NATIONAL_ID"
  | "STREET_ADDRESS"
  | "ZIP_CODE"
  | "PO_BOX"
  | "ISBN"
  | "MAC_ADDRESS"
  | "API_KEY";

/** Every entity, in the order of precedence: where two match the same characters, the earlier one wins. */
export const ENTITIES: readonly EntityName[] = [
  "API_KEY",
  "EMAIL_ADDRESS",
  "IBAN",
  "MAC_ADDRESS",
  "IP",
  "CREDIT_CARD",
  "ISBN",
  "US_SSN",
  "NATIONAL_ID",
  "PHONE_NUMBER",
  "PO_BOX",
  "STREET_ADDRESS",
  "ZIP_CODE",
];

/** What a stretch of text has; a pattern is tried only where all that it needs is there. */
export const HAS = {
  digit: 1,
  at: 2,
  colon: 4,
  /** Two colons in one word. */
  colons: 8,
  /** A word of at least `LONG_WORD` characters. */
  longWord: 16,
  /** A phrase began in it. */
  phrase: 32,
  /** A letter, or one stands a little before it. */
  letter: 64,
  /** So many digits, all together. */
  digits7: 128,
  digits9: 256,
  digits13: 512,
  /** A sign that is spelled out: `ann [at] example.com`. */
  spelled: 1024,
} as const;

/** Characters from which on a word may be a key or token even without a digit. */
export const LONG_WORD = 16;

/** The longest stretch that is buffered and looked at as one, in characters. Longer ones are cut. */
export const MAX_WINDOW = 128;

/**
 * Says, word by word, whether several words can still become an entity; as long as they can, they are buffered. States
 * are numbers of the phrase's own; 0 means that no further word can belong to it.
 */
export interface Phrase {
  /** The words without a digit that may begin it, ignoring case. Those with a digit are always asked. */
  opens?: RegExp;
  /** Whether it is followed in code, too. Default false. */
  inCode?: true;
  /** Whether what follows an entity may be glued to its last word, which is then not cut off when it is too long. */
  glued?: true;
  /** Whether it goes on after a comma. Default false. */
  acrossComma?(state: number): boolean;
  /** The state after a first word. */
  begin(word: string): number;
  /** The state after another word. */
  next(state: number, word: string): number;
}

/** One way to recognise an entity. */
export interface Rule {
  entity: string;
  /**
   * Global. It sees at most `MAX_WINDOW` characters and a few before them, and must not backtrack more than their number
   * times a small constant.
   */
  pattern: RegExp;
  /** Bits of `HAS`. */
  needs: number;
  /**
   * Looks closer at what the pattern found: `false` refuses it, a number accepts only so many characters from its start.
   *
   * @param before up to `CONTEXT` characters in front of it.
   * @param after what follows in the same stretch.
   */
  accept?: (value: string, before: string, after: string) => boolean | number;
  /** Whether it is looked for in code. Default false. */
  inCode?: true;
  /** How the rest of an entity is recognised that is longer than a stretch; it is dropped as it arrives. */
  rest?: "token" | "pem";
}

/** What one language or country adds. */
export interface LocalePack {
  /** A BCP 47 tag, for example `en-US`. */
  locale: string;
  rules: readonly Rule[];
  phrases: readonly Phrase[];
}
