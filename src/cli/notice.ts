import { plainOf, span } from "./markdown/span.js";
import { wrap } from "./markdown/wrap.js";

/**
 * Lines that the command says about itself: on a terminal broken between words, and as far in as they begin. Files and pipes get them whole.
 *
 * @param text without colours.
 */
export function notice(text: string, stream: { isTTY?: boolean; columns?: number }): string {
  const { isTTY, columns } = stream;
  if (isTTY !== true || !columns) return text;
  return text
    .split("\n")
    .map((line) => {
      const indent = /^ */.exec(line)?.[0] ?? "";
      const lines = wrap([span(line.slice(indent.length))], columns - indent.length);
      return lines.map((spans) => indent + plainOf(spans)).join("\n");
    })
    .join("\n");
}
