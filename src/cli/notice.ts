/**
 * Lines that the command says about itself: on a terminal broken between words, and as far in as they begin. Files and pipes get them
 * whole. Nothing is loaded for it: where a word is wider than it is long, the terminal breaks the line as it always did.
 *
 * @param text without colours.
 */
export function notice(text: string, stream: { isTTY?: boolean; columns?: number }): string {
  const { isTTY, columns } = stream;
  if (isTTY !== true || !columns) return text;
  return text
    .split("\n")
    .map((line) => (line.length <= columns ? line : wrapped(line, columns)))
    .join("\n");
}

function wrapped(line: string, columns: number): string {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = "";
  for (const [, gap = "", word = ""] of line.matchAll(/( *)([^ ]+)/g)) {
    if (current.trim() !== "" && current.length + gap.length + word.length > columns) {
      lines.push(current);
      current = indent + word;
    } else current += gap + word;
  }
  return [...lines, current].join("\n");
}
