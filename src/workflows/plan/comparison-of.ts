import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { OPERATORS } from "../format/simple-condition.js";

/** Where what is compared stands, in the words of different authors. */
const LEFT = ["left_value", "left", "field", "value_to_check"];
const RIGHT = ["right_value", "right", "value", "expected", "compare_to"];

/**
 * A comparison that is written with fields, `{ left_value, operator, right_value }` or `{ field, operator, value }`, as a text
 * with its values beside it. `undefined` for anything else.
 */
export function comparisonOf(found: JsonObject): JsonObject | undefined {
  const left = LEFT.find((name) => name in found);
  const right = RIGHT.find((name) => name in found && name !== left);
  const { operator = "==", condition_type: _, ...rest } = found;
  if (left === undefined || right === undefined || typeof operator !== "string") return undefined;
  const { [left]: first = null, [right]: second = null, ...others } = rest;
  const compare = OPERATORS.get(operator) ?? operator;
  // A word by itself is a name where it names something.
  const isName = typeof first === "string" && /^[A-Za-z_][\w.]*$/.test(first);
  return {
    ...others,
    if: `${isName ? first : "left_value"} ${compare} right_value`,
    ...(!isName && { left_value: first }),
    right_value: second,
  };
}

/** Conditions that are joined by fields or in a list, as one text: `["a > 1", "b"]`, `{ and: […] }`, `{ or: […] }`, `{ not: … }`. */
export function conditionText(found: JsonValue): string | undefined {
  if (Array.isArray(found)) return joined(found, "&&");
  if (!isJsonObject(found)) return undefined;
  const { and, all = and, or, any = or, not, ...others } = found;
  if (Object.keys(others).length > 0) return undefined;
  if (Array.isArray(all) && any === undefined && not === undefined) return joined(all, "&&");
  if (Array.isArray(any) && all === undefined && not === undefined) return joined(any, "||");
  const inner = not === undefined || all !== undefined || any !== undefined ? undefined : part(not);
  return inner === undefined ? undefined : `!(${inner})`;
}

function joined(conditions: readonly JsonValue[], operator: string): string | undefined {
  const parts = conditions.map(part);
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  return parts.map((one) => `(${one})`).join(` ${operator} `);
}

function part(condition: JsonValue): string | undefined {
  return typeof condition === "string" ? condition : conditionText(condition);
}
