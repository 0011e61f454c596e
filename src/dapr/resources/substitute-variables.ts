import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Report } from "./notice.js";

/** Puts values into parsed resources. */
export interface Substitution {
  /** The same value with each `${NAME}` in its texts replaced. `file` is for reports. */
  apply(value: JsonValue, file: string): JsonValue;
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Replaces `${NAME}` in resources: for the dev runner, since daprd itself takes such text as it is. A name that nobody
 * knows is left as it stands and reported once a file. Values go into texts that were parsed already, so nothing in them
 * can change the YAML around them; a variable's value is not looked at for variables again.
 *
 * @param sources where names are looked up; the first that has one counts.
 */
export function substituteVariables(
  sources: readonly Readonly<Record<string, string | undefined>>[],
  report: Report,
): Substitution {
  const lookUp = (name: string): string | undefined => {
    for (const source of sources) {
      const value = Object.hasOwn(source, name) ? source[name] : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const reported = new Set<string>();
  return {
    apply(value, file) {
      return replaceIn(value, (text) =>
        text.replace(VARIABLE, (written, name: string) => {
          const found = lookUp(name);
          const key = `${file}\n${name}`;
          if (found === undefined && !reported.has(key)) {
            reported.add(key);
            report({ level: "warning", message: `${file}: ${written} is not set, and left as it is` });
          }
          return found ?? written;
        }),
      );
    },
  };
}

function replaceIn(value: JsonValue, replace: (text: string) => string): JsonValue {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, replace));
  if (!isJsonObject(value)) return value;
  const object: JsonObject = {};
  for (const [key, item] of Object.entries(value)) object[key] = replaceIn(item, replace);
  return object;
}
