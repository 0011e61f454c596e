import type { JsonObject } from "../../base/json.js";
import { invalid } from "../../stream/error.js";
import { fieldSchema } from "./field-types.js";

/** What the short form of a signature says: JSON Schemas of objects. */
export interface ParsedSignature {
  inputs: JsonObject;
  outputs: JsonObject;
}

/**
 * Reads the short form: `"question, context? -> answer, confidence: number"`. A field without a type is a text; one with `?`
 * may be left out.
 *
 * @param descriptions of fields, by name.
 * @throws {SluiceError} `invalid-argument` for a form without one arrow, without inputs or outputs, with a field twice, or
 *   with an unknown type.
 */
export function parseSignature(text: string, descriptions: Readonly<Record<string, string>> = {}): ParsedSignature {
  const sides = text.split("->");
  const [inputs, outputs] = sides;
  if (sides.length !== 2 || inputs === undefined || outputs === undefined) {
    throw invalid("signature", text, 'one arrow between inputs and outputs: "question -> answer"');
  }
  const names = new Set<string>();
  const parsed = {
    inputs: readSide(inputs, "an input", names, descriptions),
    outputs: readSide(outputs, "an output", names, descriptions),
  };
  for (const name of Object.keys(descriptions)) {
    if (!names.has(name))
      throw invalid(`descriptions.${name}`, descriptions[name], `a field: ${[...names].join(", ")}`);
  }
  return parsed;
}

const FIELD = /^([A-Za-z_]\w*)(\?)?\s*(?::(.+))?$/s;

function readSide(
  side: string,
  what: string,
  names: Set<string>,
  descriptions: Readonly<Record<string, string>>,
): JsonObject {
  const properties: { [name: string]: JsonObject } = {};
  const required: string[] = [];
  for (const field of side.split(",")) {
    const [, name, optional, type = "string"] = FIELD.exec(field.trim()) ?? [];
    if (name === undefined) throw invalid("signature", field.trim(), `${what}: a name, and maybe ": type"`);
    if (names.has(name)) throw invalid("signature", name, "a name that no other field has");
    names.add(name);
    const description = descriptions[name];
    properties[name] = { ...fieldSchema(type, `signature.${name}`), ...(description !== undefined && { description }) };
    if (optional === undefined) required.push(name);
  }
  return { type: "object", properties, required, additionalProperties: false };
}
