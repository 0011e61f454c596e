import { isDigit, isLower, isSpace, isUpper } from "./characters.js";
import { type Boundary, skipBlanks } from "./mark.js";

/** Lines of more words are wrapped prose where nothing else says otherwise. */
const FEW_WORDS = 3;
/** A line that ends earlier, before a capital letter, was not wrapped. */
const SHORT_LINE = 40;
/** How much of the next line is needed to know how it begins. */
const LONGEST_MARKER = 8;
const BLOCK = /^(?:[-*+•⁃◦▪‣]\s|#{1,6}\s|>|\||```|~~~|\d{1,3}[.)]|\(\d{1,3}\)|[-*_]{3})/;
const WHOLE_LINE = /^\s*(?:#{1,6}\s|\||```|~~~|[-*_]{3,}\s*$)/;

/**
 * Whether a line feed ends a sentence: before a blank line, around what Markdown gives a line of its own (headings, items,
 * rows of tables, quotes, code), after a colon, and after a line too short to be wrapped prose.
 *
 * @param at the index of the line feed. @param lineStart where its line begins.
 */
export function judgeLineEnd(text: string, at: number, lineStart: number, complete: boolean): Boundary {
  const { next, lines } = skipBlanks(text, at);
  if (next === text.length && !complete && next - at < 64) return "more";
  if (lines > 1 || next === text.length) return next;
  const marker = text.slice(next, next + LONGEST_MARKER);
  if (marker.length < LONGEST_MARKER && !complete && mayBeBlock(marker)) return "more";
  if (BLOCK.test(marker)) return next;
  const line = text.slice(Math.max(0, lineStart, at - 200), at);
  if (WHOLE_LINE.test(line) || line.endsWith("  ") || line.endsWith("\\")) return next;
  const last = line.trimEnd();
  if (last.endsWith(":")) return next;
  if (last.endsWith(",")) return "within";
  if (last.split(/\s+/, FEW_WORDS + 1).length <= FEW_WORDS && last.trim() !== "") return next;
  const begins = isUpper(text, next) || isDigit(text.charCodeAt(next));
  return begins && last.length < SHORT_LINE && !isLower(text, next) ? next : "within";
}

/** Whether what has come of a line could still turn out to begin a block. */
function mayBeBlock(marker: string): boolean {
  const code = marker.charCodeAt(0);
  return isDigit(code) || "-*+•⁃◦▪‣#>|`~(_".includes(marker.charAt(0)) || isSpace(code);
}
