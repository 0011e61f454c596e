import type { ChatRequest } from "../stream/chat-request.js";
import { badRequest, type WireObject } from "./wire-object.js";

/**
 * The format that a request of OpenAI's protocols asks for.
 *
 * @param readSchema where a format of type `json_schema` has its name, its schema and the rest.
 */
export function readResponseFormat(
  format: WireObject | undefined,
  readSchema: (format: WireObject) => { wire: WireObject; schema: WireObject | undefined },
): ChatRequest["responseFormat"] {
  if (format === undefined) return undefined;
  const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
  switch (type) {
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json" };
    case "json_schema": {
      const { wire, schema } = readSchema(format);
      const description = wire.string("description");
      const strict = wire.boolean("strict");
      return {
        type: "json-schema",
        name: wire.requiredString("name"),
        schema: schema?.value ?? {},
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      };
    }
    case undefined:
      throw badRequest(format.field("type"), undefined, "text, json_object, json_schema");
    default:
      return type satisfies never;
  }
}
