import { type JsonValue, parseJson } from "../../base/json.js";
import { parsePath } from "../format/path.js";
import type { Reference, Value } from "../format/value.js";

/** A reference to something inside of what another means. */
export function extended(reference: Reference, path: readonly string[]): Reference {
  if (path.length === 0) return reference;
  const { ...copy } = reference;
  if (copy.kind === "step") delete copy.whole;
  return { ...copy, path: [...reference.path, ...path] };
}

/** The path of a text that is one place and nothing else. */
export function onlyPlace(text: string): readonly string[] | undefined {
  const [, path] = /^\{\{?\s*\$?([\w.[\]-]+)\s*\}?\}$/.exec(text.trim()) ?? [];
  return path === undefined ? undefined : parsePath(path);
}

/** JSON of a text, or else the text. */
export function parsedOr(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A text whose `\\n` and `\\t` are line breaks and tabs. */
export function unescaped(text: string): string {
  return text.replace(/\\([nt])/g, (_, char: string) => (char === "n" ? "\n" : "\t"));
}

/** A list or object with nothing to look up is a literal. */
export function folded(value: Value): Value {
  if (value.kind === "list" && value.items.every((item) => item.kind === "literal")) {
    return { kind: "literal", value: value.items.map((item) => (item.kind === "literal" ? item.value : null)) };
  }
  if (value.kind === "object" && [...value.fields.values()].every((field) => field.kind === "literal")) {
    const entries = [...value.fields].map(([name, field]) => [name, field.kind === "literal" ? field.value : null]);
    return { kind: "literal", value: Object.fromEntries(entries) };
  }
  return value;
}
