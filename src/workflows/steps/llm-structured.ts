import { isJsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { object as askObject } from "../../structured/object.js";
import { anything, flag, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings, SYSTEM_MESSAGE } from "./model-fields.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";
import { structuredSchema, withDefaults } from "./structured-schema.js";

/** Asks a model for values of a certain form. What does not have it is an error, never made up. */
export const llmStructured: StepType = {
  type: "llm_structured",
  about: "Asks a model for an answer that has a certain form.",
  config: {
    ...MODEL_FIELDS,
    response_schema: required(
      anything(
        "simple_response, classification, extraction, decision or summary; an object with fields; a JSON Schema.",
        {
          aliases: ["schema", "output_schema"],
        },
      ),
    ),
    system_message: SYSTEM_MESSAGE,
    repair: flag("Asks once more where the answer does not have the form. Default true."),
    retry_attempts: whole("Not used: see retry and repair."),
  },
  inputs: {
    message: required(text("What is asked.", { aliases: ["prompt", "template", "text", "content", "query"] })),
  },
  results: {
    structured_response: "The answer.",
    response_dict: "The answer.",
    message: "What was asked.",
    provider: "Of the model.",
    model: "The model.",
    schema: "The name of the form.",
  },
  openResults: true,
  fields({ config }) {
    const form = config.response_schema === undefined ? undefined : structuredSchema(config.response_schema);
    const { properties } = typeof form === "object" ? form.schema : {};
    return isJsonObject(properties) ? Object.keys(properties) : [];
  },
  main: "structured_response",
  group: "llm",
  check({ config }) {
    const found = config.response_schema;
    if (found === undefined || (typeof found === "string" && found.includes("{{"))) return undefined;
    const schema = structuredSchema(found);
    return typeof schema === "string" ? schema : undefined;
  },
  async run(context) {
    const { config } = context;
    const form = structuredSchema(schemaIn(context));
    if (typeof form === "string") throw new SluiceError("invalid-argument", form, { field: "config.response_schema" });
    const message = asText(context.need("message"));
    const model = context.model();
    const answer = askObject(model, form.schema, message, {
      ...requestSettings(context),
      ...callSettings(context),
      ...(typeof config.system_message === "string" && { system: config.system_message }),
      name: form.name.replace(/[^\w-]/g, "_").slice(0, 64),
      repair: config.repair !== false,
    });
    // The value is made while the stream is read: both are awaited, and a failure of either is the step's.
    const value = answer.object;
    value.catch(() => {});
    await context.read(answer.stream);
    const made = withDefaults(await value, form.schema);
    const [provider = model.id] = model.id.split("/");
    return {
      ...(isJsonObject(made) ? made : {}),
      structured_response: made,
      response_dict: made,
      message,
      provider: typeof config.provider === "string" ? config.provider : provider,
      model: typeof config.model === "string" ? config.model : model.id,
      schema: form.name,
    };
  },
};

/** The schema as it is written; where it is a place, the JSON structure of that name. */
function schemaIn({ config, json }: StepContext): JsonValue | undefined {
  const { response_schema: found } = config;
  const [, name = ""] = typeof found === "string" ? (/^\s*\{\{\s*(\w+)\s*\}\}\s*$/.exec(found) ?? []) : [];
  return Object.hasOwn(json, name) ? json[name] : found;
}
