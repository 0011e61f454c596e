import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonValue } from "../../base/json.js";
import { sniffMediaType } from "../../base/sniff-media-type.js";
import { invalid } from "../../stream/error.js";
import type { FilePart } from "../../stream/message.js";
import type { RunFolder } from "./run-folder.js";

/** Fields in which objects keep a picture. */
const FIELDS = ["base64", "base64_image", "base64_data", "data", "image", "url", "path", "image_path", "file_path"];
/** Text that is base64 rather than a path: long, and of its letters only. */
const BASE64 = /^[A-Za-z0-9+/\s]{64,}(?:={1,2}\s*)?$/;

/** The pictures that a value means: paths, addresses, data URLs, base64, objects that hold one, lists of them. */
export async function picturesOf(value: JsonValue, folder: RunFolder): Promise<FilePart[]> {
  if (Array.isArray(value)) return (await Promise.all(value.map((one) => picturesOf(one, folder)))).flat();
  if (isJsonObject(value)) {
    const field = FIELDS.find((name) => value[name] !== undefined && value[name] !== null);
    if (field !== undefined) return picturesOf(value[field] ?? null, folder);
  }
  if (typeof value !== "string" || value === "") throw invalid("inputs.image_path", value, "a path, a URL, or base64");
  return [await pictureOf(value, folder)];
}

async function pictureOf(text: string, folder: RunFolder): Promise<FilePart> {
  if (/^https?:\/\//i.test(text)) return { type: "file", mediaType: "image/*", data: { url: text } };
  const [, declared, encoded] = /^data:([^;,]+)(?:;[^,]*)?,([\s\S]*)$/.exec(text) ?? [];
  if (declared !== undefined && encoded !== undefined) {
    return { type: "file", mediaType: declared, data: decodeBase64(encoded.replace(/\s/g, "")) };
  }
  const data = BASE64.test(text) ? decodeBase64(text.replace(/\s/g, "")) : await folder.read(text);
  return { type: "file", mediaType: sniffMediaType(data) ?? "image/png", data };
}
