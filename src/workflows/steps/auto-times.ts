import { isJsonObject, type JsonValue } from "../../base/json.js";

/** Names of fields in which `auto` means now. */
const TIME = /(?:^|_)(?:timestamp|date|time|at)$/i;

/** A value in which the fields of times that say `auto` have the present one, as ISO 8601. */
export function withTimes(value: JsonValue, now: string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withTimes(item, now));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      field === "auto" && TIME.test(name) ? now : withTimes(field, now),
    ]),
  );
}
