import type { ChatEvent } from "../stream/chat-event.js";
import type { AssistantMessage, AssistantPart } from "../stream/message.js";
import type { Answer } from "./dialect.js";

/**
 * A whole answer as the events of a stream with one piece a part: for dialects whose body is what their stream
 * adds up to.
 */
export function answerEvents({ id, model, message, reason, rawReason, usage, events }: Answer): ChatEvent[] {
  return [
    { type: "start", id, model },
    { type: "usage", usage },
    ...(events ?? messageEvents(message)),
    { type: "finish", reason, ...(rawReason !== undefined && { rawReason }), usage },
  ];
}

function messageEvents({ content }: AssistantMessage): ChatEvent[] {
  const parts: readonly AssistantPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return parts.flatMap(partEvents);
}

function partEvents(part: AssistantPart, block: number): ChatEvent[] {
  switch (part.type) {
    case "text": {
      const { text, refusal, opaque } = part;
      return [{ type: "text-delta", text, block, ...(refusal && { refusal }), ...(opaque && { opaque }) }];
    }
    case "reasoning":
      return [{ type: "reasoning-delta", text: part.text, block, ...(part.opaque && { opaque: part.opaque }) }];
    case "tool-call":
    case "tool-result": {
      const { cache: _, ...event } = part;
      return [event];
    }
    case "input-request":
      return [part];
    case "source":
      return [{ type: "source", source: part.source }];
    case "file": {
      const { mediaType, data, opaque } = part;
      return data instanceof Uint8Array ? [{ type: "file", mediaType, data, ...(opaque && { opaque }) }] : [];
    }
    case "opaque":
      return [{ type: "data", name: part.name, value: part.opaque.data, opaque: part.opaque }];
    default:
      return part satisfies never;
  }
}
