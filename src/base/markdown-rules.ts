import type { Lexer } from "marked";

type InlineRules = Exclude<Lexer["options"]["tokenizer"], null | undefined>["rules"]["inline"];

/** Letters, signs and punctuation of Chinese, Japanese and Korean, with their full-width forms. */
const CJK =
  "\\u1100-\\u11ff\\u2e80-\\u303f\\u3040-\\u31ff\\u3200-\\u4dbf\\u4e00-\\u9fff\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uffef\\u{20000}-\\u{3ffff}";
/** Punctuation of CJK and typographic quotes: they stand in no address. */
const NOT_IN_ADDRESSES =
  "\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301f\\uff01-\\uff0f\\uff1a-\\uff1e\\uff20\\uff3b-\\uff3d\\uff5b-\\uff65\\u2018\\u2019\\u201c\\u201d\\u00ab\\u00bb";

const STARS_OPEN = new RegExp(
  `^(?:\\*+(?:((?!\\*)${punctuation("~")})|([^\\s*]))?)|^_+(?:((?!_)[\\p{P}\\p{S}])|([^\\s_]))?`,
  "u",
);
const STARS_CLOSE = closing(["^[^_*]*?__[^_*]*?\\*[^_*]*?(?=__)", "[^*]+(?=[^*])"], "\\*", "\\*+", "~");
const BEFORE_OPENING = new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${CJK}])`, "u");
/** Two tildes strike through. One says "about": models write "~5 to ~6". */
const TILDES_OPEN = new RegExp(`^~~(?:((?!~)${punctuation("")})|[^\\s~])`, "u");
const TILDES_CLOSE = closing(["^[^~]+(?=[^~])"], "~", "~~?", "");

const amended = new WeakMap<InlineRules, InlineRules>();

/**
 * Lets a lexer of marked read Markdown as models write it: emphasis beside Chinese, Japanese and Korean, `~` as a sign, and
 * addresses that end where a sentence without blanks goes on.
 *
 * @param lexer is changed.
 */
export function readAsModelsWrite(lexer: Lexer): Lexer {
  const { tokenizer } = lexer.options;
  if (tokenizer) tokenizer.rules = { ...tokenizer.rules, inline: amend(tokenizer.rules.inline) };
  return lexer;
}

function amend(inline: InlineRules): InlineRules {
  const known = amended.get(inline);
  if (known !== undefined) return known;
  const rules: InlineRules = {
    ...inline,
    emStrongLDelim: STARS_OPEN,
    emStrongRDelimAst: STARS_CLOSE,
    punctuation: BEFORE_OPENING,
    delLDelim: TILDES_OPEN,
    delRDelim: TILDES_CLOSE,
    url: new RegExp(inline.url.source.replace("[^\\s<]*", `[^\\s<${NOT_IN_ADDRESSES}]*`), inline.url.flags),
  };
  amended.set(inline, rules);
  return rules;
}

/**
 * Where a run of a sign may close, by CommonMark's rules (https://spec.commonmark.org/0.31.2/#right-flanking-delimiter-run) as
 * they are amended for languages without blanks between words
 * (https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md): what stands beside CJK opens and closes
 * whatever punctuation it holds. The groups are those of marked's own rules.
 *
 * @param letters signs that count as letters, beside those of CJK.
 */
function closing(skipped: readonly string[], sign: string, run: string, letters: string): RegExp {
  const punct = punctuation(letters);
  const punctOrSpace = `(?![${letters}${CJK}])[\\s\\p{P}\\p{S}]`;
  const other = `(?:[^\\s\\p{P}\\p{S}]|[${letters}${CJK}])`;
  const alternatives = [
    ...skipped,
    `(?!${sign})${punct}(${run})(?=\\s|$)`,
    `${other}(${run})(?!${sign})(?=${punctOrSpace}|$)`,
    `(?!${sign})(?:\\s|${punct}(?!${sign}+[${CJK}]))(${run})(?=${other})`,
    `\\s(${run})(?!${sign})(?=${punct})`,
    `(?!${sign})${punct}(${run})(?!${sign})(?=${punct}|[${CJK}])`,
    `${other}(${run})(?=${other})`,
  ];
  return new RegExp(alternatives.join("|"), "gu");
}

/** Punctuation but for that of CJK, which stands between words as letters do. */
function punctuation(letters: string): string {
  return `(?![${letters}${CJK}])[\\p{P}\\p{S}]`;
}
