import type { AssistantMessage, AssistantPart } from "../stream/message.js";

/**
 * The beginning of an answer, as far as so much of its text: what stands behind it is left out. The answer itself where all
 * of it was heard; `undefined` where nothing was.
 *
 * @param chars in UTF-16 code units. A character is not cut in two: half of one was not heard.
 */
export function heardPart(message: AssistantMessage, chars: number): AssistantMessage | undefined {
  const { content } = message;
  if (typeof content === "string") {
    const text = beginning(content, chars);
    if (text === content) return message;
    return text === "" ? undefined : { ...message, content: text };
  }
  const kept: AssistantPart[] = [];
  let left = chars;
  let cut = false;
  for (const part of content) {
    if (cut) break;
    if (part.type !== "text") {
      kept.push(part);
      continue;
    }
    const text = beginning(part.text, left);
    left -= part.text.length;
    cut = text.length < part.text.length;
    if (!cut) kept.push(part);
    // The provider's state belongs to the whole text.
    else if (text !== "") kept.push({ type: "text", text, ...(part.refusal && { refusal: part.refusal }) });
  }
  if (!cut) return message;
  const spoken = kept.findLastIndex(({ type }) => type === "text");
  return spoken === -1 ? undefined : { ...message, content: kept.slice(0, spoken + 1) };
}

function beginning(text: string, chars: number): string {
  if (chars >= text.length) return text;
  const code = text.charCodeAt(chars - 1);
  return text.slice(0, Math.max(0, code >= 0xd800 && code <= 0xdbff ? chars - 1 : chars));
}
