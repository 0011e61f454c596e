/** Compares texts by their bytes in UTF-8, as Go sorts them, and not by the rules of a language. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
