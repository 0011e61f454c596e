/** What stands for the at sign and the full stop in brackets: `ann [at] example (dot) com`, `10[.]8[.]9[.]1`. */
const AT = ["at", "@", "ät", "aet", "arroba", "arobase", "chiocciola"];
const DOT = ["dot", ".", "punkt", "punto", "point", "ponto", "punt"];

const OPENING = "[[({<]";
const GAP = "[ \\t]{1,2}";

/** A sign in brackets; its first group is an at sign, else it is a full stop. */
const IN_BRACKETS = `[ \\t]{0,2}${OPENING}[ \\t]?(?:(${AT.map(escaped).join("|")})|${DOT.map(escaped).join("|")})[ \\t]?[\\])}>][ \\t]{0,2}`;
const SIGN = new RegExp(`^${IN_BRACKETS}`, "i");
/** The beginning of one, up to the end of the text. */
const SIGN_BEGUN = new RegExp(
  `^[ \\t]{0,2}(?:${OPENING}[ \\t]?(?:${[...AT, ...DOT].map((name) => begun([...name].map(escaped))).join("|")})?[ \\t]?)?$`,
  "i",
);

/** In words alone a sign is one only where an address follows: ` at example dot `, ` dot lee at example dot `. */
const NAME = "[\\w.-]{1,40}";
const DOTTED = [GAP, "d", "o", "t", GAP, NAME];
const BARE_AT = new RegExp(
  `^(?:${DOTTED.join("")}){0,2}${GAP}at${GAP}(?=${NAME}(?:${GAP}dot[ \\t]|${IN_BRACKETS}))`,
  "i",
);
const AFTER_NAME = `(?:${GAP}(?:d(?:ot?)?)?|${SIGN_BEGUN.source.slice(1, -1)})`;
const BARE_AT_BEGUN = new RegExp(
  [[], DOTTED, [...DOTTED, ...DOTTED]]
    .map((before) => `^${begun([...before, GAP, "a", "t", GAP, NAME, AFTER_NAME])}$`)
    .join("|"),
  "i",
);
const BEHIND_NAME = /[dD[({<]/;
/** The full stop in words within an address that has its at sign already. */
const BARE_DOT = new RegExp(`^${GAP}dot${GAP}(?=\\w)`, "i");
const BARE_DOT_BEGUN = new RegExp(`^${begun([GAP, "d", "o", "t", GAP])}$`, "i");

/** A character of quoted-printable (RFC 2045, section 6.7), and its line that goes on. */
const QUOTED = "=(?:2[BDEbde]|40|5[Ff]|[C-Fc-f][\\dA-Fa-f])";
/** A further byte of a character. */
const QUOTED_ON = "(?<==[89A-Fa-f][\\dA-Fa-f])=[89ABab][\\dA-Fa-f]";
const JOINT = "=\\r?\\n";
const EQUALS = new RegExp(`^(?:${QUOTED}|${JOINT}(?=\\S))`);
const EQUALS_BEGUN = /^=(?:[245C-Fc-f]|\r?\n?)$/;
const BYTE = /=[89A-Fa-f][\dA-Fa-f]$/;
const NEXT_BYTE = /^=[89ABab][\dA-Fa-f]/;
const NEXT_BYTE_BEGUN = /^=[89ABab]?$/;
/** Highlights that end, and that begin within a word: `==ann==@==example==.com`. */
const HIGHLIGHT_ENDS = /^==(?!=)/;
const HIGHLIGHT = /^==(?=[^=\s])/;
const HIGHLIGHT_OPENED = /(?:^|[^=])==[^=\s]{1,64}$/;

/** The longest text that is looked at to find such a sign, in characters. */
export const LONGEST_SIGN = 96;

/** That more text must tell. */
export const UNKNOWN = -1;

/**
 * How many characters of a text belong to the word before it, as signs of an address or another value that are spelled
 * out; 0 for none, `UNKNOWN` where that depends on what follows.
 *
 * @param before the word so far, and what stands before it.
 * @param after at most `LONGEST_SIGN` characters of what follows.
 * @param final whether nothing else follows.
 * @param addressed whether the word has an at sign.
 */
export function spelledSign(before: string, after: string, final: boolean, addressed: boolean): number {
  if (after.startsWith("=")) return equalsSign(before, after, final);
  // What ends a sentence or opens something is followed by no sign.
  if (NO_SIGN_BEHIND.includes(before.charAt(before.length - 1))) return 0;
  if (!maySpell(after)) return 0;
  if (!final && after.length <= 2) return UNKNOWN;
  const bare = addressed ? undefined : bareAt(after);
  if (bare === "none") return 0;
  if (bare === "begun") return final ? 0 : UNKNOWN;
  const [sign] = SIGN.exec(after) ?? [];
  if (sign !== undefined) return sign.length < after.length || final ? sign.length : UNKNOWN;
  if (!final && SIGN_BEGUN.test(after)) return UNKNOWN;
  const [words] = (addressed ? BARE_DOT : BARE_AT).exec(after) ?? [];
  if (words !== undefined) return words.length;
  return !final && (addressed ? BARE_DOT_BEGUN : BARE_AT_BEGUN).test(after) ? UNKNOWN : 0;
}

const NO_SIGN_BEHIND = " \t\n.,!?'\"([{<&";

/** What most texts show that begin with " at ": that no address follows, or that this is not known yet. */
function bareAt(text: string): "none" | "begun" | undefined {
  const blanks = pastBlanks(text, 0);
  if (blanks === 0 || (codeAt(text, blanks) | 0x20) !== 0x61) return undefined;
  if (!isBareWord(text, blanks + 1, "t")) return "none";
  const name = pastBlanks(text, blanks + 2);
  let end = name;
  while (isNameSign(codeAt(text, end))) end++;
  const next = pastBlanks(text, end);
  if (next >= text.length) return "begun";
  return end > name && BEHIND_NAME.test(text.charAt(next)) ? undefined : "none";
}

function pastBlanks(text: string, at: number): number {
  let end = at;
  while (end < at + 2 && isBlank(codeAt(text, end))) end++;
  return end;
}

function equalsSign(before: string, after: string, final: boolean): number {
  const [quoted] = EQUALS.exec(after) ?? [];
  if (quoted !== undefined) return quoted.length;
  const byte = BYTE.test(before);
  if (byte && NEXT_BYTE.test(after)) return 3;
  const opened = HIGHLIGHT_OPENED.test(before);
  const marked = opened || /[@.+_-]$/.test(before);
  if (!final && after === "==" && marked) return UNKNOWN;
  if (marked && (opened ? HIGHLIGHT_ENDS : HIGHLIGHT).test(after)) return 2;
  if (final) return 0;
  return EQUALS_BEGUN.test(after) || (byte && NEXT_BYTE_BEGUN.test(after)) ? UNKNOWN : 0;
}

/** Each sign of a text that is spelled out, and what only highlights. */
export const SPELLED_SIGNS = new RegExp(
  `${IN_BRACKETS}|${QUOTED}|${QUOTED_ON}|${JOINT}|(?<!=)==(?=[^=\\s]{1,64}==(?!=))|(?<=(?<!=)==[^=\\s]{1,64})==(?!=)`,
  "gi",
);

/** What a match of `SPELLED_SIGNS` stands for. */
export function signOf([written, atSign]: RegExpExecArray): string {
  if (written.startsWith("=")) return unquoted(written);
  return atSign === undefined ? "." : "@";
}

/** A letter in place of those that are written as several bytes. */
const LETTER = "\u00e9";

function unquoted(written: string): string {
  const code = Number.parseInt(written.slice(1), 16);
  if (Number.isNaN(code)) return "";
  return code < 0x80 ? String.fromCharCode(code) : LETTER;
}

function escaped(sign: string): string {
  return sign === "." ? "\\." : sign;
}

/** The source of an expression for all beginnings of a text of these parts, each whole. */
function begun(parts: readonly string[]): string {
  return parts.reduceRight((rest, part) => (rest === "" ? part : `${part}(?:$|${rest})`), "");
}

/** Whether a sign may stand behind a blank, as far as the next character tells; most texts go on with another. */
export function mayFollowBlank(text: string, at: number): boolean {
  return at >= text.length || BEHIND_BLANK[text.charCodeAt(at) & 0x7f] === 1;
}

/** Whether a sign may be spelled out at the beginning of a text, as far as its first characters tell. */
function maySpell(text: string): boolean {
  const code = codeAt(text, 0);
  if (!isBlank(code)) return code === 0x3d || isIn(BRACKETED, codeAt(text, 1));
  const blanks = isBlank(codeAt(text, 1)) ? 2 : 1;
  const first = codeAt(text, blanks) | 0x20;
  if (first === 0x61) return isBareWord(text, blanks + 1, "t");
  if (first === 0x64) return isBareWord(text, blanks + 1, "ot");
  return BRACKETS.includes(text.charAt(blanks)) && isIn(BRACKETED, codeAt(text, blanks + 1));
}

/** By its code, what a sign in brackets may begin with. */
const BRACKETED = new Uint8Array(0x100);
for (const name of [...AT, ...DOT, " ", "\t"]) {
  BRACKETED[name.charCodeAt(0)] = 1;
  BRACKETED[name.toUpperCase().charCodeAt(0)] = 1;
}

const BRACKETS = "[({<";
/** By its code, what may follow a blank in front of a sign. */
const BEHIND_BLANK = new Uint8Array(0x80);
for (const sign of `${BRACKETS}aAdD \t`) BEHIND_BLANK[sign.charCodeAt(0)] = 1;

/** Whether a character is in a table, or is not known yet. */
function isIn(table: Uint8Array, code: number): boolean {
  return code === END || (code < 0x100 && table[code] === 1);
}

/** In place of a character behind the end. */
const END = -1;

function codeAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : END;
}

function isNameSign(code: number): boolean {
  return isDigitOrLetter(code) || code === 0x2d || code === 0x2e || code === 0x5f;
}

function isDigitOrLetter(code: number): boolean {
  const small = code | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a text goes on with such letters and a blank, as far as it does. */
function isBareWord(text: string, at: number, letters: string): boolean {
  for (let i = 0; i < letters.length; i++) {
    const code = codeAt(text, at + i);
    if (code === END) return true;
    if ((code | 0x20) !== letters.charCodeAt(i)) return false;
  }
  const behind = codeAt(text, at + letters.length);
  return behind === END || isBlank(behind);
}

/** A character of HTML without its semicolon, at the end of a text. */
const HTML_ESCAPE = /&(?:amp;)?(?:#[\da-fA-FxX]{2,7}|[a-z]{3,6})$/;

/** Whether a semicolon behind a word ends a character of HTML within it: `ann&#64;example.com`. */
export function endsHtmlEscape(word: string): boolean {
  return HTML_ESCAPE.test(word.slice(-LONGEST_ESCAPE));
}

const LONGEST_ESCAPE = 14;
