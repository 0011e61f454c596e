import { isJsonObject, type JsonObject } from "../../base/json.js";
import { providerData } from "../../stream/data-name.js";
import type { OpaquePart } from "../../stream/message.js";
import type { AiSdkTarget } from "./call-target.js";
import type { FileDataV4, PartV4 } from "./language-model.js";
import { AI_SDK, annotation, DATA_KIND, isMetadata, SLUICE, toJson, writeMetadata } from "./metadata.js";
import { noteData } from "./noted-data.js";
import type { Part } from "./part.js";

/** Where a part of a prompt goes, or why there is none. */
export type WrittenOpaque = { role: "assistant" | "tool"; part?: object } | { message: string };

/** State that stands for itself, in a prompt: an AI SDK part that we keep, or another dialect's for a model of ours. */
export function writeOpaquePart({ name, opaque }: OpaquePart, target: AiSdkTarget): WrittenOpaque {
  const { dialect, data } = opaque;
  if (dialect === AI_SDK && isJsonObject(data)) {
    const written = writeKept(data, target);
    if (written !== undefined) return written;
  }
  if (target.provider !== SLUICE) {
    return { message: `left out: a ${name} of ${dialect}, which an AI SDK ${target.version} model has no place for` };
  }
  const providerOptions = writeMetadata(opaque, noteData({ type: "data", name, value: null }));
  const carrier = target.version === "v4" ? { type: "custom", kind: DATA_KIND } : { type: "reasoning", text: "" };
  return { role: "assistant", part: { ...carrier, providerOptions } };
}

/** The part of a prompt that stands for state, as it is kept in a conversation; `undefined` for any other part. */
export function readOpaquePart(part: Part, providerOptions: unknown): OpaquePart | undefined {
  const { type, kind } = part;
  if (type !== "custom" && type !== "reasoning-file" && type !== "tool-approval-response") return undefined;
  const { providerOptions: _, ...fields } = part;
  const kept = toJson({ ...fields, ...(providerOptions !== undefined && { providerMetadata: providerOptions }) });
  return {
    type: "opaque",
    name: providerData(typeof kind === "string" ? kind : String(type)),
    opaque: { dialect: AI_SDK, data: kept },
  };
}

/** A part of an answer that was kept as a `data` event, as it came; `undefined` for any other state. */
export function keptPart(data: JsonObject): PartV4 | undefined {
  const { type, kind, mediaType, approvalId, toolCallId, providerMetadata: metadata = null } = data;
  const annotated = annotation(isMetadata(metadata) ? metadata : undefined);
  if (type === "custom" && isKind(kind)) return { type, kind, ...annotated };
  if ((type === "file" || type === "reasoning-file") && typeof mediaType === "string") {
    const file = keptFile(data);
    return file === undefined ? undefined : { type, mediaType, data: file, ...annotated };
  }
  if (type === "tool-approval-request" && typeof approvalId === "string" && typeof toolCallId === "string") {
    return { type, approvalId, toolCallId, ...annotated };
  }
  return undefined;
}

function writeKept(data: JsonObject, { version }: AiSdkTarget): WrittenOpaque | undefined {
  const { providerMetadata: providerOptions, type } = data;
  const options = isJsonObject(providerOptions) && Object.keys(providerOptions).length > 0 ? { providerOptions } : {};
  if (type === "tool-approval-response" && version !== "v2") {
    const { approvalId = "", approved = false, reason } = data;
    return {
      role: "tool",
      part: { type, approvalId, approved, ...(reason !== undefined && { reason }), ...options },
    };
  }
  // The request for an approval is not repeated: the answer to it names it.
  if (type === "tool-approval-request") return { role: "assistant" };
  const { providerMetadata: _, ...plain } = data;
  const part = version === "v4" ? keptPart(plain) : undefined;
  return part === undefined ? undefined : { role: "assistant", part: { ...part, ...options } };
}

function keptFile({ data }: JsonObject): FileDataV4 | undefined {
  // Version 4 says what its data is; before it there were only bytes.
  if (!isJsonObject(data)) return typeof data === "string" ? { type: "data", data } : undefined;
  if (data.type === "data" && typeof data.data === "string") return { type: "data", data: data.data };
  const { type, url } = data;
  return type === "url" && typeof url === "string" && URL.canParse(url) ? { type, url: new URL(url) } : undefined;
}

function isKind(value: unknown): value is `${string}.${string}` {
  return typeof value === "string" && value.includes(".");
}
