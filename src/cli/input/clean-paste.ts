import { stripVTControlCharacters } from "node:util";

/**
 * What was pasted, as text: line ends are `\n`, tabs stay, and what a terminal would act on is left out, so nothing in a paste
 * is a key or moves the cursor.
 */
export function cleanPaste(text: string): string {
  return stripVTControlCharacters(text.replace(/\r\n?/g, "\n")).replace(/(?![\t\n])\p{Cc}/gu, "");
}
