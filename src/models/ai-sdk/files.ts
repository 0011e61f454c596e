import { decodeBase64 } from "../../base/base64.js";
import { fromDataUrl } from "../../dialects/data-url.js";
import { SluiceError } from "../../stream/error.js";

/**
 * The bytes of a file in any version's form: bytes, base64, a base64 `data:` URL, or one of these tagged as `data` (v4).
 * `undefined` for a file that is somewhere else.
 *
 * @throws {SluiceError} `malformed-frame` for text that is not base64.
 */
export function readBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (typeof data === "string") return bytesOf(data);
  if (typeof data !== "object" || data === null || Reflect.get(data, "type") !== "data") return undefined;
  return readBytes(Reflect.get(data, "data"));
}

/** The bytes of a `data:` URL (RFC 2397), base64 or percent-encoded; `undefined` for any other URL. */
export function readDataUrl(url: string): { mediaType: string; data: Uint8Array } | undefined {
  const base64 = fromDataUrl(url);
  if (base64 !== undefined) return base64;
  const comma = url.indexOf(",");
  if (!/^data:/i.test(url) || comma === -1) return undefined;
  const mediaType = url.slice("data:".length, comma) || "text/plain";
  return { mediaType, data: new TextEncoder().encode(decodeURIComponent(url.slice(comma + 1))) };
}

function bytesOf(text: string): Uint8Array | undefined {
  if (/^data:/i.test(text)) return readDataUrl(text)?.data;
  if (/^https?:/i.test(text)) return undefined;
  try {
    // Some write the URL-safe alphabet (RFC 4648, section 5).
    return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    throw new SluiceError("malformed-frame", "a file whose data is not base64", { frame: text.slice(0, 500), cause });
  }
}
