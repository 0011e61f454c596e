import { Lexer, Marked, type Token } from "marked";
import { INLINE_FORMULAS } from "../../base/inline-formulas.js";
import { readAsModelsWrite } from "../../base/markdown-rules.js";

const GRAMMAR = new Marked({ gfm: true, extensions: [INLINE_FORMULAS] }).defaults;

/** The blocks of a text, with what is in them. Formulas stay as they are written: a terminal has no other form for them. */
export function lex(text: string): Token[] {
  return Array.from(lexer().lex(text));
}

/** What is inside of a paragraph. */
export function lexInline(text: string): Token[] {
  return Array.from(lexer().inlineTokens(text));
}

function lexer(): Lexer {
  return readAsModelsWrite(new Lexer(GRAMMAR));
}
