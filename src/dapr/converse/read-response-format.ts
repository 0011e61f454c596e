import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ResponseFormat } from "../../stream/chat-request.js";

/** The name of a format that has none. */
const DEFAULT_NAME = "response";

/**
 * The form of the answer: Dapr has it as a JSON schema whose `name` and `strict` stand beside its `type`. A schema without
 * a type is left out with a warning, as in daprd.
 */
export function readResponseFormat(
  given: JsonObject | undefined,
  warnings: Warning[],
): { responseFormat?: ResponseFormat } {
  if (given === undefined) return {};
  const { name, strict, ...schema } = given;
  if (typeof schema.type !== "string" || schema.type === "") {
    const message =
      "failed to convert response format to structured output, will continue without structured output: type is required";
    warnings.push({ field: "responseFormat", message });
    return {};
  }
  const { description } = schema;
  return {
    responseFormat: {
      type: "json-schema",
      name: typeof name === "string" && /^[\w-]{1,64}$/.test(name) ? name : DEFAULT_NAME,
      schema,
      ...(typeof description === "string" && { description }),
      strict: strict === true,
    },
  };
}
