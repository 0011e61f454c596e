import { invalid } from "../stream/error.js";

/**
 * The words of a line as a shell has them: quotes of both kinds, and a backslash before what is meant as it is.
 *
 * @param field names the line in errors.
 * @throws {SluiceError} `invalid-argument` for a quote that is not closed.
 */
export function splitWords(line: string, field: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote !== "" && character === quote) quote = "";
    else if (quote === "" && /["']/.test(character)) {
      quote = character;
      word ??= "";
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const isEscape = character === "\\" && isEscaped(line.charAt(at + 1), quote);
      word = (word ?? "") + (isEscape ? line.charAt(++at) : character);
    }
  }
  if (quote !== "") throw invalid(field, line, `a ${quote} that is closed`);
  return word === undefined ? words : [...words, word];
}

/** A backslash before a letter is one of a path on Windows. */
function isEscaped(next: string, quote: string): boolean {
  if (quote === "'") return false;
  return quote === '"' ? /["\\$`]/.test(next) : /[\s"'\\()&;|<>$`*?[\]{}!#~]/.test(next);
}
