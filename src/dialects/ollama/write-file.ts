import { encodeBase64 } from "../../base/base64.js";
import { SluiceError } from "../../stream/error.js";
import type { FilePart } from "../../stream/message.js";

/**
 * An image as Ollama takes it: base64 and nothing else.
 *
 * @throws {SluiceError} `unsupported` for any other file.
 */
export function writeImage({ mediaType, data }: FilePart, path: string): string {
  if (data instanceof Uint8Array && mediaType.startsWith("image/")) return encodeBase64(data);
  const form = data instanceof Uint8Array ? "bytes" : "id" in data ? "the id of a file" : "a URL";
  throw new SluiceError("unsupported", `${path}: found ${form} of type ${mediaType}; allowed: the bytes of an image`, {
    field: path,
  });
}
