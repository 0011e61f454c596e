/** How many NUL characters a line begins with: some servers and proxies fill up with them, as a sign of life or before an event. */
export function paddingOf(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) === 0) at++;
  return at;
}
