/**
 * Characters that nobody sees, or that turn what stands around them (Unicode's format characters and what is ignored by default), but for
 * those that join and colour what is no Latin letter before them: emoji, Persian, Devanagari.
 */
const UNSEEN =
  /(?<![^\0-\u02ff])(?:\u200c|\u200d|\ufe0e|\ufe0f)|(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text whose unseen characters are written as JSON escapes them: whoever decides whether a call may run sees all that it is
 * called with, in its order.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (unseen) =>
    Array.from({ length: unseen.length }, (_, index) => escaped(unseen.charCodeAt(index))).join(""),
  );
}

/**
 * A value as JSON whose unseen characters are escaped. It is the same value.
 *
 * @param indent blanks of a level; without it, all is one line.
 */
export function visibleJson(value: unknown, indent?: number): string {
  return visibleText(JSON.stringify(value, undefined, indent) ?? "null");
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
