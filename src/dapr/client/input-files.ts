import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { fromDataUrl } from "../../dialects/data-url.js";
import { invalid } from "../../stream/error.js";
import type { FilePart, TextPart } from "../../stream/message.js";

/** A file of the user's as OpenAI's protocol has it. Sluice's own file parts are taken, too. */
export type MediaDictionary =
  /** An address, or a `data:` URL. */
  | { type: "image_url"; image_url: { url: string; detail?: "auto" | "low" | "high" } }
  /** Base64. */
  | { type: "input_audio"; input_audio: { data: string; format: "wav" | "mp3" } }
  /** A `data:` URL with its name, or the id of a file that the provider has. */
  | { type: "file"; file: { file_data?: string; filename?: string; file_id?: string } };

/**
 * A part of what a user says. One that is Sluice's own is left as it is: the model checks it.
 *
 * @throws {SluiceError} `invalid-argument`, naming the field, for an invalid file.
 */
export function readUserPart(part: unknown, path: string): TextPart | FilePart {
  if (isJsonObject(part)) {
    const { type, image_url: image, input_audio: audio, file } = part;
    if (type === "image_url") return readImage(objectAt(image, `${path}.image_url`), `${path}.image_url`);
    if (type === "input_audio") return readAudio(objectAt(audio, `${path}.input_audio`), `${path}.input_audio`);
    if (type === "file" && file !== undefined) return readFile(objectAt(file, `${path}.file`), `${path}.file`);
  }
  return part as TextPart | FilePart;
}

function readImage({ url, detail }: JsonObject, path: string): FilePart {
  const address = textAt(url, `${path}.url`);
  const inline = fromDataUrl(address);
  if (inline === undefined && !/^https?:/i.test(address)) {
    throw invalid(`${path}.url`, address, "an http or https URL, or a base64 data URL");
  }
  if (detail !== undefined && detail !== "auto" && detail !== "low" && detail !== "high") {
    throw invalid(`${path}.detail`, detail, "auto, low, high");
  }
  const what = inline ?? { mediaType: "image/*", data: { url: address } };
  return { type: "file", ...what, ...(detail !== undefined && { detail }) };
}

function readAudio({ data, format }: JsonObject, path: string): FilePart {
  if (format !== "wav" && format !== "mp3") throw invalid(`${path}.format`, format, "wav, mp3");
  const text = textAt(data, `${path}.data`);
  return {
    type: "file",
    mediaType: format === "wav" ? "audio/wav" : "audio/mpeg",
    data: bytesOf(text, `${path}.data`),
  };
}

function readFile({ file_id: id, file_data: data, filename }: JsonObject, path: string): FilePart {
  if (id !== undefined) {
    return { type: "file", mediaType: "application/octet-stream", data: { id: textAt(id, `${path}.file_id`) } };
  }
  const text = textAt(data, `${path}.file_data`);
  const inline = fromDataUrl(text);
  if (inline === undefined) throw invalid(`${path}.file_data`, text, "a base64 data URL");
  return { type: "file", ...inline, ...(typeof filename === "string" && { filename }) };
}

function objectAt(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw invalid(path, value, "an object");
  return value;
}

function textAt(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw invalid(path, value, "a string that is not empty");
  return value;
}

function bytesOf(text: string, path: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    throw invalid(path, text, "base64");
  }
}
