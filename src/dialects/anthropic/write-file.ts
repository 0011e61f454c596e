import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { FilePart } from "../../stream/message.js";
import { writeCache } from "./cache-control.js";
import { ownData } from "./opaque.js";

/** Images that Claude sees: https://platform.claude.com/docs/en/build-with-claude/vision. */
const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/**
 * A file as a content block: an image, a document, or one that only code execution reads. Settings of a document
 * (`citations`, `context`) stand in its opaque state.
 *
 * @throws {SluiceError} `unsupported` for sound, video and what else Claude does not read.
 */
export function writeFile(part: FilePart, path: string): JsonObject {
  return { ...block(part, path), ...ownData(part.opaque), ...writeCache(part.cache) };
}

function block(part: FilePart, path: string): JsonObject {
  const { mediaType, data, filename } = part;
  const image = mediaType.startsWith("image/");
  const document = mediaType === "application/pdf" || mediaType.startsWith("text/");
  if (!(data instanceof Uint8Array) && "id" in data && !image && !document) {
    return { type: "container_upload", file_id: data.id };
  }
  if (!image && !document) throw unsupported(part, path);
  const source = writeSource(part, path);
  if (image) return { type: "image", source };
  return { type: "document", source, ...(filename !== undefined && { title: filename }) };
}

function writeSource(part: FilePart, path: string): JsonObject {
  const { mediaType, data } = part;
  if (!(data instanceof Uint8Array)) {
    if ("id" in data) return { type: "file", file_id: data.id };
    if (mediaType.startsWith("text/")) throw unsupported(part, path);
    return { type: "url", url: data.url };
  }
  if (mediaType.startsWith("text/")) {
    return { type: "text", media_type: "text/plain", data: new TextDecoder().decode(data) };
  }
  if (mediaType !== "application/pdf" && !IMAGES.includes(mediaType)) throw unsupported(part, path);
  return { type: "base64", media_type: mediaType, data: encodeBase64(data) };
}

function unsupported({ mediaType, data }: FilePart, path: string): SluiceError {
  const form = data instanceof Uint8Array ? "bytes" : "id" in data ? "the id of a file" : "a URL";
  const allowed =
    "JPEG, PNG, GIF, WebP and PDF as bytes, URL or id, text as bytes or id, anything else as the id of a file";
  return new SluiceError("unsupported", `${path}: found ${form} of type ${mediaType}; allowed: ${allowed}`, {
    field: path,
  });
}
