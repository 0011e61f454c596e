import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { AssistantPart } from "../../stream/message.js";
import { toDataUrl } from "../data-url.js";
import type { Answer, WriterContext } from "../dialect.js";
import { writeFinishReason } from "./finish-reason.js";
import { ownData } from "./opaque.js";
import { writeAnnotation } from "./sources.js";
import { writeUsage } from "./usage.js";
import { writeCall } from "./write-call.js";

/** A whole chat completion. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  return {
    id: answer.id,
    object: "chat.completion",
    created: context.created ?? Math.floor(Date.now() / 1_000),
    model: answer.model || context.model,
    choices: [
      { index: 0, message: writeMessage(answer), logprobs: null, finish_reason: writeFinishReason(answer.reason) },
    ],
    usage: writeUsage(answer.usage),
  };
}

function writeMessage({ message: { content } }: Answer): JsonObject {
  const parts: readonly AssistantPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const wire: JsonObject = { role: "assistant", content: null, refusal: null };
  for (const part of parts) addPart(wire, part);
  return wire;
}

function addPart(wire: JsonObject, part: AssistantPart): void {
  switch (part.type) {
    case "text": {
      const field = part.refusal ? "refusal" : "content";
      wire[field] = (wire[field] ?? "") + part.text;
      return;
    }
    case "reasoning":
      if (part.text !== "") wire.reasoning_content = `${wire.reasoning_content ?? ""}${part.text}`;
      Object.assign(wire, ownData(part.opaque));
      return;
    case "tool-call": {
      if (part.providerExecuted) return;
      const extra = ownData(part.opaque)?.extra_content;
      append(wire, "tool_calls", { ...writeCall(part), ...(extra !== undefined && { extra_content: extra }) });
      return;
    }
    case "source": {
      const annotation = writeAnnotation(part.source);
      if (annotation !== undefined) append(wire, "annotations", annotation);
      return;
    }
    case "file":
      if (!(part.data instanceof Uint8Array)) return;
      if (part.mediaType.startsWith("image/")) {
        append(wire, "images", { type: "image_url", image_url: { url: toDataUrl(part.mediaType, part.data) } });
      } else if (part.mediaType.startsWith("audio/")) {
        const state = ownData(part.opaque)?.audio;
        wire.audio = { id: "", ...(isJsonObject(state) && state), data: encodeBase64(part.data), transcript: "" };
      }
      return;
    case "tool-result":
    case "input-request":
    case "opaque":
      return;
    default:
      part satisfies never;
  }
}

function append(wire: JsonObject, field: string, value: JsonObject): void {
  const list = wire[field];
  if (Array.isArray(list)) list.push(value);
  else wire[field] = [value];
}
