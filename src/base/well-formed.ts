import { isJsonObject, type JsonValue } from "./json.js";

/** A lone half of a surrogate pair: no Unicode character, and nothing that UTF-8 or strict readers of JSON take. */
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The text with U+FFFD for each half of a surrogate pair that stands alone. The same text if there is none. */
export function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(LONE, "\uFFFD") : text;
}

/** The value with all its strings and keys well-formed; the same value where they are. */
export function wellFormedJson<T extends JsonValue>(value: T): T;
export function wellFormedJson(value: JsonValue): JsonValue {
  if (typeof value === "string") return wellFormed(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => wellFormedJson(item));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isJsonObject(value)) return value;
  let changed = false;
  const fields = Object.entries(value).map(([key, field]): [string, JsonValue] => {
    const mended: [string, JsonValue] = [wellFormed(key), wellFormedJson(field)];
    changed ||= mended[0] !== key || mended[1] !== field;
    return mended;
  });
  return changed ? Object.fromEntries(fields) : value;
}

/** Any surrogate at all: most texts have none, and are not looked at twice. */
const SURROGATE = /[\uD800-\uDFFF]/;
