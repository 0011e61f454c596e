import { decodeBase64 } from "../../base/base64.js";
import type { JsonValue } from "../../base/json.js";
import { sniffMediaType } from "../../base/sniff-media-type.js";

/** Names of types that are not the registered ones, and that servers use. */
const ALIASES: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
};

/** Base64 that holds the first bytes of a file, in characters. */
const HEAD = 24;
/** Where it is looked for: there may be line ends in it. */
const HEAD_WITHIN = 64;

/**
 * The type of an image in a result: what its first bytes tell, since services refuse an image that is called something else, or
 * else what it is called, and PNG where it has no name. `undefined` for what is no base64, or empty.
 */
export function imageTypeOf(data: string, named: JsonValue | undefined): string | undefined {
  const head = headOf(data);
  if (head === undefined) return undefined;
  const sniffed = sniffMediaType(head);
  if (sniffed?.startsWith("image/")) return sniffed;
  if (typeof named !== "string") return "image/png";
  const type = named
    .replace(/;[\s\S]*/, "")
    .trim()
    .toLowerCase();
  return Object.hasOwn(ALIASES, type) ? ALIASES[type] : type;
}

/** The type of a sound in a result: what it is called, or else what its first bytes tell. `undefined` where neither says any. */
export function soundTypeOf(data: string, named: JsonValue | undefined): string | undefined {
  const head = headOf(data);
  if (head === undefined) return undefined;
  if (typeof named === "string" && named.trim() !== "") return named;
  const sniffed = sniffMediaType(head);
  return sniffed?.startsWith("audio/") ? sniffed : undefined;
}

/** The first bytes of a file in base64; `undefined` for what is none, or empty. */
function headOf(data: string): Uint8Array | undefined {
  try {
    const head = decodeBase64(data.slice(0, HEAD_WITHIN).replace(/\s/g, "").slice(0, HEAD));
    return head.length === 0 ? undefined : head;
  } catch {
    return undefined;
  }
}
