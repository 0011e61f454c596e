/** Whether a line is the beginning of a JSON object whose end is missing: what a connection that broke leaves behind. */
export function isCutLine(line: string): boolean {
  if (!line.startsWith("{")) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return false;
  }
  return true;
}
