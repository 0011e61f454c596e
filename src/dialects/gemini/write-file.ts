import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";
import type { Warning } from "../../stream/chat-event.js";
import type { FilePart } from "../../stream/message.js";
import { fromDataUrl } from "../data-url.js";
import type { GeminiTraits } from "./model-traits.js";
import { objectOf, ownData } from "./opaque.js";

/** Where the Files API has its files: https://ai.google.dev/api/files. */
export const FILES = "https://generativelanguage.googleapis.com/v1beta/files/";

/** Types that are meant where only the kind is known, by the ending of the address, and for any other. */
const ENDINGS = lookup<string>({
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  wav: "audio/wav",
  ogg: "audio/ogg",
  flac: "audio/flac",
  webm: "video/webm",
  mov: "video/mov",
});
const KINDS: Readonly<Record<string, string>> = {
  "image/*": "image/jpeg",
  "audio/*": "audio/mp3",
  "video/*": "video/mp4",
  "text/*": "text/plain",
};

/** A file as a part: its bytes, or its address. Settings of a video or of the part stand in its opaque state. */
export function writeFile(part: FilePart, traits: GeminiTraits, path: string, warnings: Warning[]): JsonObject {
  const { inlineData, fileData, ...beside } = ownData(part.opaque) ?? {};
  const own = objectOf(inlineData ?? fileData);
  return { ...content(part, own), ...writeDetail(part, traits, path, warnings), ...beside };
}

function content({ mediaType, data }: FilePart, own: JsonObject): JsonObject {
  if (data instanceof Uint8Array) return inline(mediaType, data, own);
  if ("id" in data) return { fileData: { ...own, mimeType: exact(mediaType, ""), fileUri: fileUri(data.id) } };
  const inlined = fromDataUrl(data.url);
  if (inlined !== undefined) return inline(inlined.mediaType, inlined.data, own);
  return { fileData: { ...own, mimeType: exact(mediaType, data.url), fileUri: data.url } };
}

function inline(mimeType: string, data: Uint8Array, own: JsonObject): JsonObject {
  return { inlineData: { ...own, mimeType, data: encodeBase64(data) } };
}

function fileUri(id: string): string {
  return /^[a-z]+:\/\//.test(id) ? id : FILES + id.replace(/^files\//, "");
}

/** A type with its subtype: Google wants one and looks at the content itself. */
function exact(mediaType: string, url: string): string {
  if (!mediaType.endsWith("/*")) return mediaType;
  const ending = /\.([a-z\d]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const found = ENDINGS.get(ending);
  const fits = found?.startsWith(mediaType.slice(0, -1));
  return (fits ? found : KINDS[mediaType]) ?? "application/octet-stream";
}

const RESOLUTIONS = { low: "MEDIA_RESOLUTION_LOW", high: "MEDIA_RESOLUTION_HIGH" } as const;

function writeDetail({ detail }: FilePart, traits: GeminiTraits, path: string, warnings: Warning[]): JsonObject {
  if (detail === undefined || detail === "auto") return {};
  if (traits.mediaParts) return { mediaResolution: { level: RESOLUTIONS[detail] } };
  warnings.push({ field: `${path}.detail`, message: "not sent: this model takes one resolution for all files" });
  return {};
}
