import { mediaTypeOf } from "../../base/media-type.js";
import { SluiceError } from "../../stream/error.js";
import type { FilePart } from "../../stream/message.js";
import type { AiSdkTarget } from "./call-target.js";
import { readDataUrl } from "./files.js";
import { writePartOptions } from "./part-options.js";

/**
 * A file of a prompt.
 *
 * @param field where it stands in the request, for errors.
 * @throws {SluiceError} `unsupported` for the id of a file, which only v4 has a place for.
 */
export function writeFile(part: FilePart, target: AiSdkTarget, field: string): object {
  const { data: given, filename } = part;
  const inline = given instanceof Uint8Array ? { mediaType: part.mediaType, data: given } : inlineOf(given);
  const mediaType = mediaTypeFor(inline, part.mediaType, target);
  return {
    type: "file",
    mediaType,
    data: inline === undefined ? writeReference(given, target, field) : writeBytes(inline.data, target),
    ...(filename !== undefined && { filename }),
    ...writePartOptions(part),
  };
}

function inlineOf(data: { url: string } | { id: string }): { mediaType: string; data: Uint8Array } | undefined {
  return "url" in data ? readDataUrl(data.url) : undefined;
}

function writeReference(data: FilePart["data"], target: AiSdkTarget, field: string): object {
  if ("url" in data) return writeUrl(data.url, target);
  if (!("id" in data)) throw new SluiceError("protocol", `${field}.data is neither bytes, a URL nor an id`);
  if (target.version === "v4") return { type: "reference", reference: { [target.provider]: data.id } };
  throw new SluiceError(
    "unsupported",
    `${field}.data.id: an AI SDK model of version ${target.version} takes bytes or a URL, and no id of a file`,
    { field: `${field}.data.id` },
  );
}

function writeBytes(data: Uint8Array, { version }: AiSdkTarget): object {
  return version === "v4" ? { type: "data", data } : data;
}

function writeUrl(given: string, { version }: AiSdkTarget): object {
  const url = new URL(given);
  if (version !== "v4") return url;
  return { type: "url", url, ...(url.href !== given && { originalUrl: given }) };
}

/** An open subtype is found from the bytes where there are any; v4 writes what stays open as `image`, earlier ones as `image/*`. */
function mediaTypeFor(
  inline: { mediaType: string; data: Uint8Array } | undefined,
  given: string,
  { version }: AiSdkTarget,
): string {
  if (!given.endsWith("/*")) return given;
  const found = inline === undefined ? undefined : (mediaTypeOf(inline.data) ?? closed(inline.mediaType));
  return found ?? (version === "v4" ? given.slice(0, -"/*".length) : given);
}

function closed(mediaType: string): string | undefined {
  return mediaType.endsWith("/*") ? undefined : mediaType;
}
