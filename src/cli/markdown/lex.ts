import { Lexer, Marked, type Token } from "marked";

const GRAMMAR = new Marked({ gfm: true }).defaults;

/** The blocks of a text, with what is in them. */
export function lex(text: string): Token[] {
  return Array.from(new Lexer(GRAMMAR).lex(text));
}

/** What is inside of a paragraph. */
export function lexInline(text: string): Token[] {
  return Array.from(new Lexer(GRAMMAR).inlineTokens(text));
}
