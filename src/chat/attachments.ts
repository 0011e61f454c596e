import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { mediaTypeOf, mediaTypeOfName } from "../base/media-type.js";
import { fromDataUrl } from "../dialects/data-url.js";
import { type Check, exactly, filledString, oneOf } from "../stream/checks.js";
import { describe, invalid, SluiceError } from "../stream/error.js";
import type { CacheHint, FilePart } from "../stream/message.js";
import { cacheHint } from "../stream/validate-messages.js";

/** Where an attachment is: a path, a URL (`https:`, `file:` or `data:`), or its bytes. */
export type AttachmentSource = string | URL | Uint8Array;

/** Settings of an attachment. */
export interface AttachmentOptions {
  /** Default: recognised from the bytes, else from the name. */
  mediaType?: string;
  /** Default: the last part of the path. */
  filename?: string;
  /** How closely the model should look at an image. */
  detail?: "auto" | "low" | "high";
  /** Everything up to and including this file may be cached by the provider. */
  cache?: CacheHint;
}

const OPTIONS = exactly("an attachment", {
  mediaType: filledString,
  filename: filledString,
  detail: oneOf("auto", "low", "high"),
  cache: cacheHint,
} satisfies Record<keyof AttachmentOptions, Check>);

/**
 * An image for a message. A path is read now; an `https:` URL is passed on for the provider to fetch.
 *
 * @throws {SluiceError} `invalid-argument` for what cannot be read or is no image.
 * @example
 * ```ts
 * import { Conversation } from "sluice";
 * import { image } from "sluice/chat";
 *
 * const conversation = new Conversation({ model: "openai/gpt-5-mini" });
 * await conversation.send([{ type: "text", text: "What is this?" }, await image("cat.png")]);
 * ```
 */
export function image(source: AttachmentSource, options: AttachmentOptions = {}): Promise<FilePart> {
  return attachment("image", "image/*", source, options);
}

/**
 * A sound for a message, like `image`.
 *
 * @throws {SluiceError} `invalid-argument` for what cannot be read or is no sound.
 */
export function audio(source: AttachmentSource, options: AttachmentOptions = {}): Promise<FilePart> {
  return attachment("audio", "audio/*", source, options);
}

/**
 * Any file for a message: a document, an image, a sound, a video.
 *
 * @throws {SluiceError} `invalid-argument` for what cannot be read or is of an unknown type, unless `mediaType` is given.
 */
export function file(source: AttachmentSource, options: AttachmentOptions = {}): Promise<FilePart> {
  return attachment("file", undefined, source, options);
}

/** @param family of media types that are allowed, for example `image/*`; `undefined` for all. */
async function attachment(
  field: string,
  family: string | undefined,
  source: AttachmentSource,
  options: AttachmentOptions,
): Promise<FilePart> {
  OPTIONS(options, "");
  const { mediaType: given, filename: name, ...rest } = options;
  const { data, filename, declared } = await locate(field, source);
  const called = name ?? filename;
  const byBytes = data instanceof Uint8Array ? mediaTypeOf(data, called) : mediaTypeOfName(called ?? "");
  const mediaType = given ?? byBytes ?? declared ?? (data instanceof Uint8Array ? undefined : family);
  if (mediaType === undefined) {
    throw invalid(field, called ?? describe(data), "a file whose type is known, or one with the option mediaType");
  }
  if (family !== undefined && !mediaType.startsWith(family.slice(0, -1))) {
    throw invalid(field, mediaType, family);
  }
  return { type: "file", mediaType, data, ...(called && { filename: called }), ...rest };
}

interface Located {
  data: Uint8Array | { url: string };
  filename?: string;
  /** What a `data:` URL says it is. */
  declared?: string;
}

async function locate(field: string, source: AttachmentSource): Promise<Located> {
  if (source instanceof Uint8Array) {
    if (source.length === 0) throw invalid(field, "no bytes", "bytes, a path or a URL");
    return { data: source };
  }
  const text = String(source);
  // What looks like a scheme may be the drive of a path on Windows, so only these count.
  const scheme = /^(https?|data|file):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined && source instanceof URL) throw invalid(field, text, "an https:, file: or data: URL");
  if (scheme === undefined) return readPath(field, text);
  if (scheme === "file") return readPath(field, fileURLToPath(text));
  if (scheme === "data") return readDataUrl(field, text);
  if (!URL.canParse(text)) throw invalid(field, text, "a URL");
  const filename = basename(decoded(new URL(text).pathname));
  return { data: { url: text }, ...(filename && { filename }) };
}

/** A path without its escapes, or as it is where these are not those of UTF-8. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

async function readPath(field: string, path: string): Promise<Located> {
  if (path === "") throw invalid(field, path, "bytes, a path or a URL");
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new SluiceError("invalid-argument", `${field}: ${path} cannot be read: ${cause.message}`, { field, cause });
  });
  if (bytes.length === 0) throw invalid(field, `${path}, which is empty`, "a file with something in it");
  return { data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), filename: basename(path) };
}

function readDataUrl(field: string, url: string): Located {
  const found = fromDataUrl(url);
  if (found === undefined) throw invalid(field, url, "a data: URL with base64");
  return { data: found.data, declared: found.mediaType };
}
