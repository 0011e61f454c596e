import { decodeBase64 } from "../../base/base64.js";
import type { FilePart, TextPart } from "../../stream/message.js";
import { fromDataUrl } from "../data-url.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readBreakpoint } from "./cache-breakpoint.js";
import { ownOpaque } from "./opaque.js";

const PARTS = ["input_text", "input_image", "input_file", "input_audio"] as const;

/** A part of what the user says. */
export function readUserPart(part: WireObject): TextPart | FilePart {
  return readBreakpoint(part, readPart(part));
}

function readPart(part: WireObject): TextPart | FilePart {
  const type = part.oneOf("type", PARTS);
  switch (type) {
    case "input_text":
      return { type: "text", text: part.requiredString("text") };
    case "input_image":
      return readImage(part);
    case "input_file":
      return readFile(part);
    case "input_audio":
      return readAudio(part.requiredObject("input_audio"));
    case undefined:
      throw badRequest(part.field("type"), undefined, PARTS.join(", "));
    default:
      return type satisfies never;
  }
}

function readImage(part: WireObject): FilePart {
  const detail = part.oneOf("detail", ["auto", "low", "high", "original"]);
  const look = detail === undefined || detail === "auto" ? {} : lookOf(detail);
  const id = part.string("file_id");
  if (id !== undefined) return { type: "file", mediaType: "image/*", data: { id }, ...look };
  const url = part.requiredString("image_url");
  if (!url.startsWith("data:")) return { type: "file", mediaType: "image/*", data: { url }, ...look };
  return { type: "file", ...inline(part, "image_url"), ...look };
}

/** To look at an image as it is, is more than other protocols can be asked for. */
function lookOf(detail: "low" | "high" | "original"): Pick<FilePart, "detail" | "opaque"> {
  return detail === "original" ? { detail: "high", opaque: ownOpaque({ detail }) } : { detail };
}

function readFile(part: WireObject): FilePart {
  const filename = part.string("filename");
  const detail = part.oneOf("detail", ["auto", "low", "high"]);
  const named = { ...(filename !== undefined && { filename }), ...(detail !== undefined && { detail }) };
  const mediaType = "application/octet-stream";
  const id = part.string("file_id");
  if (id !== undefined) return { type: "file", mediaType, data: { id }, ...named };
  const url = part.string("file_url");
  if (url !== undefined) return { type: "file", mediaType, data: { url }, ...named };
  return { type: "file", ...inline(part, "file_data"), ...named };
}

function readAudio(audio: WireObject): FilePart {
  const format = audio.oneOf("format", ["wav", "mp3"]) ?? "wav";
  const text = audio.requiredString("data");
  try {
    return { type: "file", mediaType: format === "wav" ? "audio/wav" : "audio/mpeg", data: decodeBase64(text) };
  } catch {
    throw badRequest(audio.field("data"), text, "base64");
  }
}

function inline(part: WireObject, key: string): { mediaType: string; data: Uint8Array } {
  const text = part.requiredString(key);
  const file = fromDataUrl(text);
  if (file === undefined) throw badRequest(part.field(key), text, "a base64 data URL");
  return file;
}
