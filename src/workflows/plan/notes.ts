/** Whether a key is a note of the author's: `_comment`, `_alternatives`, `$schema`, `x-…`. */
export function isNote(key: string): boolean {
  return key.startsWith("_") || key === "$schema" || key.startsWith("x-") || key === "//" || key === "comment";
}
