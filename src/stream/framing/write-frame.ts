import type { Frame } from "./frame.js";

/** A frame as a server-sent event. A line end in the data begins another `data` line. */
export function writeSse(frame: Frame): string {
  let text = "";
  if (frame.event !== undefined) text += `event: ${oneLine(frame.event)}\n`;
  if (frame.id !== undefined) text += `id: ${oneLine(frame.id)}\n`;
  const data = /[\r\n]/.test(frame.data) ? frame.data.split(/\r\n|\r|\n/).join("\ndata: ") : frame.data;
  return `${text}data: ${data}\n\n`;
}

/** A frame as a line of NDJSON. Its data is JSON text, which has no line ends of its own. */
export function writeNdjson(frame: Frame): string {
  return `${frame.data}\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
