import type { JsonObject } from "../../base/json.js";

/** `maxIterations` as this format writes it: `max_iterations`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Fields whose names are written as JavaScript writes them, under the names that are known here. */
export function snakeCased(fields: JsonObject, isKnown: (name: string) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const usual = snakeCase(name);
      return [!isKnown(name) && isKnown(usual) && !(usual in fields) ? usual : name, value];
    }),
  );
}
