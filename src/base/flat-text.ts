/**
 * The same text in one piece. V8 keeps a text that was put together as a tree of its pieces, 32 bytes for each, until a character
 * of it is asked for.
 */
export function flatText(text: string): string {
  text.charCodeAt(0);
  return text;
}
