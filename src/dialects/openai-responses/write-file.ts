import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { FilePart } from "../../stream/message.js";
import { toDataUrl } from "../data-url.js";

/** Media types of sound that the protocol knows, by its names for them. */
const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
};

/**
 * A file as a part of what the user says.
 *
 * @throws {SluiceError} `unsupported` for sound that is not there as WAV or MP3.
 */
export function writeFile({ data, mediaType, filename, detail }: FilePart, path: string): JsonObject {
  const bytes = data instanceof Uint8Array ? data : undefined;
  if (mediaType.startsWith("image/")) {
    const type = "input_image";
    const look = detail ?? "auto";
    if (bytes !== undefined) return { type, image_url: toDataUrl(mediaType, bytes), detail: look };
    return "id" in data ? { type, file_id: data.id, detail: look } : { type, image_url: urlOf(data), detail: look };
  }
  if (mediaType.startsWith("audio/")) {
    const format = AUDIO_FORMATS[mediaType];
    if (bytes !== undefined && format !== undefined) {
      return { type: "input_audio", input_audio: { data: encodeBase64(bytes), format } };
    }
    const message = `${path}: openai-responses takes the bytes of WAV or MP3, found ${mediaType}`;
    throw new SluiceError("unsupported", message, { field: path });
  }
  const look = detail === undefined ? {} : { detail };
  const type = "input_file";
  if (bytes !== undefined) {
    return { type, filename: filename ?? "file", file_data: toDataUrl(mediaType, bytes), ...look };
  }
  return "id" in data ? { type, file_id: data.id, ...look } : { type, file_url: urlOf(data), ...look };
}

function urlOf(data: FilePart["data"]): string {
  return "url" in data && typeof data.url === "string" ? data.url : "";
}
