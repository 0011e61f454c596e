import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ResponseFormat } from "../../stream/chat-request.js";
import { invalid } from "../../stream/error.js";
import { isStandardSchema, jsonSchemaOf, type Schema } from "../../structured/schema.js";

/**
 * The form of the answer: as all of Sluice has it; as OpenAI has it; a schema of any Standard Schema library; or, as Dapr
 * has it, a JSON Schema with `name`, `description` and `strict` beside its `type`.
 */
export type InputResponseFormat = ResponseFormat | Schema;

/** The name of a form that has none. */
const DEFAULT_NAME = "response";

/** @throws {SluiceError} `invalid-argument` for what is no form of an answer. */
export function readInputFormat(given: InputResponseFormat): ResponseFormat {
  if (isStandardSchema(given)) {
    const schema = jsonSchemaOf(given, "responseFormat", "give its JSON Schema");
    return { type: "json-schema", name: DEFAULT_NAME, schema };
  }
  if (!isJsonObject(given)) throw invalid("responseFormat", given, "a form of the answer, or a schema");
  switch (given.type) {
    case "text":
    case "json":
    case "json-schema":
      return given as unknown as ResponseFormat;
    case "json_object":
      return { type: "json" };
    case "json_schema":
      return named(isJsonObject(given.json_schema) ? given.json_schema : {}, "responseFormat.json_schema");
    default:
      return flat(given);
  }
}

function named({ name, description, schema, strict }: JsonObject, field: string): ResponseFormat {
  if (!isJsonObject(schema)) throw invalid(`${field}.schema`, schema, "a JSON Schema");
  return { type: "json-schema", ...naming(name, description, strict), schema };
}

function flat({ name, strict, ...schema }: JsonObject): ResponseFormat {
  return { type: "json-schema", ...naming(name, schema.description, strict), schema };
}

function naming(name: unknown, description: unknown, strict: unknown) {
  return {
    name: typeof name === "string" ? name : DEFAULT_NAME,
    ...(typeof description === "string" && { description }),
    ...(typeof strict === "boolean" && { strict }),
  };
}
