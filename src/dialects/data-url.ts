import { decodeBase64, encodeBase64 } from "../base/base64.js";

/** Bytes as a `data:` URL (RFC 2397). */
export function toDataUrl(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${encodeBase64(bytes)}`;
}

/** What a base64 `data:` URL holds, or `undefined` for any other text. */
export function fromDataUrl(url: string): { mediaType: string; data: Uint8Array } | undefined {
  const comma = url.indexOf(",");
  if (!url.startsWith("data:") || comma === -1) return undefined;
  const head = url.slice("data:".length, comma);
  if (!head.endsWith(";base64")) return undefined;
  try {
    return { mediaType: head.slice(0, -";base64".length) || "text/plain", data: decodeBase64(url.slice(comma + 1)) };
  } catch {
    return undefined;
  }
}
