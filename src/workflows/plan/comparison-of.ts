import type { JsonObject } from "../../base/json.js";
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
