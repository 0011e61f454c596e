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
 * The type of an image or a sound in a result. An image's is what its first bytes tell, since services refuse one that is called
 * something else, or else what it is called, and PNG where it has no name. A sound's is what it is called, or else what its bytes
 * tell. `undefined` where nothing tells, and for what is no base64, or empty.
 */
export function fileTypeOf(kind: "image" | "audio", data: string, named: JsonValue | undefined): string | undefined {
  let sniffed: string | undefined;
  try {
    const head = decodeBase64(data.slice(0, HEAD_WITHIN).replace(/\s/g, "").slice(0, HEAD));
    if (head.length === 0) return undefined;
    sniffed = sniffMediaType(head);
  } catch {
    return undefined;
  }
  if (kind === "audio" && named) return String(named);
  if (sniffed?.startsWith(kind)) return sniffed;
  if (typeof named !== "string") return kind === "image" ? "image/png" : undefined;
  const type = named
    .replace(/;[\s\S]*/, "")
    .trim()
    .toLowerCase();
  return Object.hasOwn(ALIASES, type) ? ALIASES[type] : type;
}
