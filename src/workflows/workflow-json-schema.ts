import type { JsonObject } from "../base/json.js";
import { having, list } from "../stream/checks.js";
import type { FieldSpecs } from "./format/field-spec.js";
import { STEP_FIELDS } from "./plan/step-source.js";
import type { StepType } from "./steps/step-type.js";
import { STEP_TYPES } from "./steps/step-types.js";
import { CONFIG_FIELDS, WORKFLOW_FIELDS } from "./workflow-document.js";

const TYPES = list("an array of step types", having("a step type", "run"));

/** What may stand in place of a value: a reference, a template, a variable. */
const PLACEHOLDER: JsonObject = {
  anyOf: [
    { type: "string", pattern: "\\{|^\\$|^[\\w-]+(\\.[\\w.-]+)?$" },
    {
      type: "object",
      required: ["from_step"],
      properties: { from_step: { type: "string" }, field: { type: "string" } },
    },
    { type: "object", required: ["template"], properties: { template: { type: "string" } } },
    { type: "object", required: ["from_input"], properties: { from_input: { type: "string" } } },
  ],
};

/**
 * The format as JSON Schema (draft 2020-12), for editors: fields with their descriptions, and for each type of step what
 * its `config` and `inputs` hold. It is more lenient than `checkWorkflow`, which sees the workflow as a whole.
 *
 * @param types step types beside those that are built in.
 */
export function workflowJsonSchema(types: readonly StepType[] = []): JsonObject {
  TYPES(types, "types");
  const all = [...STEP_TYPES, ...types];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Sluice workflow",
    type: "object",
    required: ["steps"],
    properties: {
      ...described(WORKFLOW_FIELDS),
      config: { type: "object", description: WORKFLOW_FIELDS.config ?? "", properties: described(CONFIG_FIELDS) },
      steps: {
        description: "The steps: a list, or an object by their ids.",
        anyOf: [
          { type: "array", minItems: 1, items: { $ref: "#/$defs/step" } },
          { type: "object", minProperties: 1, additionalProperties: { $ref: "#/$defs/step" } },
        ],
      },
    },
    $defs: {
      value: PLACEHOLDER,
      step: {
        type: "object",
        required: ["type"],
        properties: {
          ...described(STEP_FIELDS),
          id: { type: "string", description: STEP_FIELDS.id ?? "" },
          type: {
            enum: all.flatMap(({ type, aliases = [] }) => [type, ...aliases]),
            description: STEP_FIELDS.type ?? "",
          },
        },
        allOf: all.map(typeRule),
      },
    },
  };
}

function described(fields: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, description]) => [name, { description }]));
}

/** What holds of steps of one type. */
function typeRule({ type, aliases = [], about, config = {}, inputs = {} }: StepType): JsonObject {
  return {
    if: { properties: { type: { enum: [type, ...aliases] } }, required: ["type"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
    then: {
      description: about,
      properties: {
        config: { type: "object", properties: fieldSchemas(config) },
        inputs: { properties: fieldSchemas(inputs) },
      },
    },
  };
}

function fieldSchemas(specs: FieldSpecs): JsonObject {
  const entries = Object.entries(specs).flatMap(([name, { schema, aliases = [], raw }]) => {
    const { description, ...own } = schema;
    const either: JsonObject =
      raw || Object.keys(own).length === 0 ? { ...schema } : { anyOf: [own, { $ref: "#/$defs/value" }] };
    return [name, ...aliases].map((one): [string, JsonObject] => [
      one,
      { ...either, ...(description !== undefined && { description }) },
    ]);
  });
  return Object.fromEntries(entries);
}
