import type { JsonValue } from "../../base/json.js";

const UNITS = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["sec", 1],
  ["m", 60],
  ["min", 60],
  ["h", 3_600],
]);

/** Seconds, of a number or of a text such as `30s`, `500ms` or `2m`; anything else is given back as it is. */
export function secondsOf(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  const [, number, unit = "s"] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value) ?? [];
  const factor = UNITS.get(unit === "" ? "s" : unit.toLowerCase());
  return number === undefined || factor === undefined ? value : Number(number) * factor;
}
