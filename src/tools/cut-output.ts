import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";

/** What stays of a text's end, of what it may have: errors and totals stand there. */
const TAIL = 1 / 5;
/** What names and brackets of a value cost, in characters. */
const PUNCTUATION = 4;

/**
 * What a tool returned, with at most so many characters: long texts lose their middle, lists and objects their end, and each
 * says how much is missing. The value itself where it is not too long.
 *
 * Files in it (`data` in base64 beside a media type, as MCP sends them) are whole or left out.
 *
 * @param most characters of the value as JSON, about.
 */
export function cutOutput(value: JsonValue, most: number): JsonValue {
  // Numbers and the like are whole, however short.
  if (typeof value !== "string" && typeof value !== "object") return value;
  return sizeOf(value) <= most ? value : cut(value, most);
}

function cut(value: JsonValue, most: number): JsonValue {
  if (typeof value === "string") return cutText(value, most);
  if (Array.isArray(value)) return cutList(value, most);
  return isJsonObject(value) ? cutObject(value, most) : value;
}

function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = Math.max(0, most);
  const tail = Math.floor(kept * TAIL);
  const head = text.slice(0, kept - tail);
  const end = tail === 0 ? "" : text.slice(-tail);
  const missing = text.length - kept;
  return `${head}\n[… ${missing} of ${text.length} characters are left out …]\n${end}`.toWellFormed();
}

function cutList(items: readonly JsonValue[], most: number): JsonValue[] {
  const kept: JsonValue[] = [];
  let left = most;
  for (const [index, item] of items.entries()) {
    if (left <= 0) {
      kept.push(`[… ${items.length - index} of ${items.length} items are left out …]`);
      break;
    }
    const fitting = cutOutput(item, left);
    kept.push(fitting);
    left -= Math.min(left, sizeOf(fitting)) + PUNCTUATION;
  }
  return kept;
}

function cutObject(object: JsonObject, most: number): JsonValue {
  const file = fileOf(object);
  if (file !== undefined) {
    return { type: "text", text: `[a file, ${file}, of ${sizeOf(object)} characters in base64 is left out]` };
  }
  const kept: [string, JsonValue][] = [];
  const entries = Object.entries(object);
  let left = most;
  for (const [index, [key, value]] of entries.entries()) {
    if (left <= 0) {
      kept.push(["…", `${entries.length - index} of ${entries.length} fields are left out`]);
      break;
    }
    const fitting = cutOutput(value, left);
    kept.push([key, fitting]);
    left -= Math.min(left, sizeOf(fitting)) + key.length + PUNCTUATION;
  }
  return Object.fromEntries(kept);
}

/** The media type of a part that is a file. */
function fileOf({ data, blob, mimeType, mediaType }: JsonObject): string | undefined {
  const type = mimeType ?? mediaType;
  const bytes = data ?? blob;
  return typeof type === "string" && typeof bytes === "string" ? type : undefined;
}

function sizeOf(value: JsonValue): number {
  return typeof value === "string" ? value.length : JSON.stringify(value).length;
}
