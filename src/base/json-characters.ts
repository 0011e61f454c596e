/** UTF-16 code units of JSON's structure (RFC 8259, section 2). */
export const BRACE = { open: 0x7b, close: 0x7d } as const;
export const BRACKET = { open: 0x5b, close: 0x5d } as const;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

/** What stands for a character behind a backslash, but for `u` and its four digits (section 7). */
export const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** White space as JSON has it. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
