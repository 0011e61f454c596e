const SCHEMES = ["https", "http", "wss", "ws", "ftp", "sftp", "git", "ssh", "file"];

/**
 * The length of `scheme://` where the slash at `slash` completes it, 0 where it does not: the scheme must be one of those
 * whose addresses are left alone, and begin with the word or after a sign.
 *
 * @param word where the word begins.
 */
export function schemeLength(text: string, word: number, slash: number): number {
  if (text.charAt(slash - 1) !== "/" || text.charAt(slash - 2) !== ":") return 0;
  const end = slash - 2;
  let start = end;
  while (start > word && end - start < 6 && isLetter(text.charCodeAt(start - 1))) start--;
  const scheme = text.slice(start, end).toLowerCase();
  return SCHEMES.includes(scheme) ? scheme.length + 3 : 0;
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}
