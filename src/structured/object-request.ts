import type { JsonObject } from "../base/json.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { invalid } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import type { ObjectMode } from "./object-mode.js";
import { strictSchema } from "./strict-schema.js";

/** What a value is asked for with. */
export interface ObjectTarget {
  mode: ObjectMode;
  /** Of the schema or the tool. */
  name: string;
  description?: string;
  /** Of an object. */
  schema: JsonObject;
  strict?: boolean;
}

/**
 * The request with the value it asks for.
 *
 * @throws {SluiceError} `invalid-argument` where the request says already what form the answer takes.
 */
export function objectRequest(request: ChatRequest, target: ObjectTarget): ChatRequest {
  if (request.responseFormat !== undefined) {
    throw invalid("responseFormat", request.responseFormat, "none: it follows from the schema");
  }
  const { mode, name, description, schema, strict } = target;
  const described = description === undefined ? {} : { description };
  switch (mode) {
    case "json-schema": {
      const strictly = strict === false ? undefined : strictSchema(schema);
      const hold = strict ?? (strictly === undefined ? undefined : true);
      return {
        ...request,
        responseFormat: {
          type: "json-schema",
          name,
          ...described,
          schema: strictly ?? schema,
          ...(hold !== undefined && { strict: hold }),
        },
      };
    }
    case "tool": {
      const tool = { name, ...described, inputSchema: schema, ...(strict !== undefined && { strict }) };
      return { ...request, tools: [tool], toolChoice: { name }, parallelToolCalls: false };
    }
    case "instructions":
      return { ...request, messages: withInstructions(request.messages, instructions(schema, description)) };
    default:
      return mode satisfies never;
  }
}

function instructions(schema: JsonObject, description: string | undefined): string {
  const what = description === undefined ? "" : ` It is: ${description}`;
  return [
    `Answer with one JSON object and nothing else: no words before or after it, no Markdown.${what}`,
    `It must fit this JSON Schema: ${JSON.stringify(schema)}`,
  ].join("\n");
}

/** After the instructions that are there already. */
function withInstructions(messages: readonly ChatMessage[], content: string): ChatMessage[] {
  const first = messages.findIndex((message) => message.role !== "system");
  const at = first === -1 ? messages.length : first;
  return [...messages.slice(0, at), { role: "system", content }, ...messages.slice(at)];
}
