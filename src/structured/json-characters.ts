/** UTF-16 code units of JSON's structure (RFC 8259, section 2). */
export const BRACE = { open: 0x7b, close: 0x7d } as const;
export const BRACKET = { open: 0x5b, close: 0x5d } as const;
export const QUOTE = 0x22;

/** White space as JSON has it. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
