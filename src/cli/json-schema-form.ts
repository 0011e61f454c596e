import type { JsonObject } from "../base/json.js";

const schema = { $ref: "#/$defs/schema" };
const schemas = { type: "array", items: schema, minItems: 1 };
const named = { type: "object", additionalProperties: schema };
const count = { type: "integer", minimum: 0 };
const names = { type: "array", items: { type: "string" } };
const type = { enum: ["null", "boolean", "object", "array", "number", "string", "integer"] };

/**
 * What a JSON Schema may look like, as a JSON Schema: the keywords of draft-07 and 2020-12 whose values have a form. Other keywords may
 * stand beside them.
 *
 * https://json-schema.org/draft/2020-12/schema
 */
export const JSON_SCHEMA_FORM: JsonObject = {
  ...schema,
  $defs: {
    schema: {
      type: ["object", "boolean"],
      properties: {
        $id: { type: "string" },
        $schema: { type: "string" },
        $ref: { type: "string" },
        $defs: named,
        definitions: named,
        title: { type: "string" },
        description: { type: "string" },
        type: { anyOf: [type, { type: "array", items: type, minItems: 1 }] },
        enum: { type: "array" },
        properties: named,
        patternProperties: named,
        additionalProperties: schema,
        propertyNames: schema,
        required: names,
        minProperties: count,
        maxProperties: count,
        dependentRequired: { type: "object", additionalProperties: names },
        dependentSchemas: named,
        // An array of schemas before 2020-12.
        items: { anyOf: [schema, schemas] },
        prefixItems: schemas,
        additionalItems: schema,
        contains: schema,
        minItems: count,
        maxItems: count,
        uniqueItems: { type: "boolean" },
        minLength: count,
        maxLength: count,
        pattern: { type: "string" },
        format: { type: "string" },
        minimum: { type: "number" },
        maximum: { type: "number" },
        exclusiveMinimum: { type: "number" },
        exclusiveMaximum: { type: "number" },
        multipleOf: { type: "number", exclusiveMinimum: 0 },
        allOf: schemas,
        anyOf: schemas,
        oneOf: schemas,
        not: schema,
        if: schema,
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
        then: schema,
        else: schema,
      },
    },
  },
};
