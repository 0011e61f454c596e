import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { FilePart, TextPart } from "../../stream/message.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readCache } from "./cache-control.js";
import { otherFields, ownOpaque } from "./opaque.js";
import { readText } from "./read-text.js";

/** A block of what the user says. One that only Claude understands is a text with the block as its state. */
export function readUserPart(block: WireObject): TextPart | FilePart {
  const type = block.requiredString("type");
  switch (type) {
    case "text":
      return block.has("citations") ? readOther(block) : readText(block);
    case "image":
      return readFile(block, "image/*");
    case "document":
      return block.requiredObject("source").any("type") === "content"
        ? readOther(block)
        : readFile(block, "application/pdf");
    case "container_upload":
      return {
        type: "file",
        mediaType: "application/octet-stream",
        data: { id: block.requiredString("file_id") },
        ...readCache(block),
      };
    default:
      return readOther(block);
  }
}

function readFile(block: WireObject, mediaType: string): FilePart {
  const filename = block.string("title");
  const settings = otherFields(block.value, ["type", "source", "title", "cache_control"]);
  return {
    type: "file",
    ...readSource(block.requiredObject("source"), mediaType),
    ...(filename !== undefined && { filename }),
    ...(Object.keys(settings).length > 0 && { opaque: ownOpaque(settings) }),
    ...readCache(block),
  };
}

const SOURCES = ["base64", "url", "file", "text"] as const;

/** @param mediaType of what only has an address. */
function readSource(source: WireObject, mediaType: string): Pick<FilePart, "mediaType" | "data"> {
  const type = source.oneOf("type", SOURCES);
  switch (type) {
    case "base64":
      return { mediaType: source.requiredString("media_type"), data: base64(source) };
    case "text":
      return { mediaType: "text/plain", data: new TextEncoder().encode(source.requiredString("data")) };
    case "url":
      return { mediaType, data: { url: source.requiredString("url") } };
    case "file":
      return { mediaType, data: { id: source.requiredString("file_id") } };
    case undefined:
      throw badRequest(source.field("type"), undefined, SOURCES.join(", "));
    default:
      return type satisfies never;
  }
}

function base64(source: WireObject): Uint8Array {
  const text = source.requiredString("data");
  try {
    return decodeBase64(text);
  } catch {
    throw badRequest(source.field("data"), text, "base64");
  }
}

function readOther(block: WireObject): TextPart {
  const { cache_control: _, ...own } = block.value;
  return { type: "text", text: textIn(own), opaque: ownOpaque(own), ...readCache(block) };
}

/** What there is to read in a text with citations, a search result or a document of several texts. */
function textIn({ text, content, source }: JsonObject): string {
  if (typeof text === "string") return text;
  const blocks = isJsonObject(source) ? source.content : content;
  if (typeof blocks === "string") return blocks;
  const texts = Array.isArray(blocks) ? blocks.filter(isJsonObject).map((block) => block.text) : [];
  return texts.filter((one) => typeof one === "string").join("\n");
}
