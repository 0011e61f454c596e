import type { JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type { ResponseFormat } from "../../stream/chat-request.js";

/** The form of the answer as Dapr has it: a JSON schema whose `name`, `description` and `strict` stand beside its `type`. */
export function writeResponseFormat(format: ResponseFormat | undefined, warnings: Warning[]): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json":
      warnings.push({
        field: "responseFormat",
        message: "sent as the schema of any object: Dapr has only JSON schemas",
      });
      return { type: "object" };
    case "json-schema": {
      const { name, schema, description, strict } = format;
      if (typeof schema.type !== "string" || schema.type === "") {
        warnings.push({ field: "responseFormat.schema", message: "not sent: Dapr needs a schema with a type" });
        return undefined;
      }
      return {
        ...schema,
        name,
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      };
    }
    default:
      return format satisfies never;
  }
}
