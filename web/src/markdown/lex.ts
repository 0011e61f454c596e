import { Lexer, type Links, Marked, type Token } from "marked";
import { readAsModelsWrite } from "../../../src/base/markdown-rules.js";
import { MATH } from "./math-tokens.js";

const GRAMMAR = new Marked({ gfm: true, extensions: MATH }).defaults;

/**
 * The blocks of a text, with what is in them.
 *
 * @param links definitions of links that came before; those of this text are added.
 */
export function lex(text: string, links: Links = {}): Token[] {
  const lexer = readAsModelsWrite(new Lexer(GRAMMAR));
  lexer.tokens.links = links;
  return Array.from(lexer.lex(text));
}
