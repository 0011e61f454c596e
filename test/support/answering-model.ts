import type { JsonObject } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import type { Capabilities, ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";

/** A model that answers in whatever form it is asked for: `text` is the value, put into an object where the schema does. */
export function answering(text: string, cuts: readonly number[] = [], capabilities?: Capabilities): ChatModel {
  return defineModel({
    id: "answering",
    ...(capabilities && { capabilities }),
    *stream(request) {
      const [tool] = request.tools ?? [];
      const schema = schemaOf(request);
      const json = isWrapper(schema) ? `{ "value": ${text} }` : text;
      if (tool !== undefined && "inputSchema" in tool) {
        for (const delta of cut(json, cuts)) yield { type: "tool-input-delta", callId: "c", name: tool.name, delta };
        yield { type: "tool-call", callId: "c", name: tool.name, input: JSON.parse(json) };
      } else if (request.responseFormat !== undefined) {
        yield* cut(json, cuts);
      } else {
        yield* cut(`Sure, {here} it is:\n\`\`\`json\n${json}\n\`\`\`\nDoes it help?`, cuts);
      }
      yield { type: "usage", usage: { inputTokens: 3, outputTokens: 5 } };
    },
  });
}

function schemaOf({ tools, responseFormat, messages }: ChatRequest): JsonObject {
  const [tool] = tools ?? [];
  if (tool !== undefined && "inputSchema" in tool) return tool.inputSchema;
  if (responseFormat?.type === "json-schema") return responseFormat.schema;
  const instructions = messages.findLast((message) => message.role === "system")?.content;
  return JSON.parse(String(instructions).split("JSON Schema: ")[1] ?? "");
}

function isWrapper(schema: JsonObject): boolean {
  return JSON.stringify(Object.keys(schema.properties ?? {})) === '["value"]' && schema.additionalProperties === false;
}

function cut(text: string, at: readonly number[]): string[] {
  const ends = at.map((n) => n % (text.length + 1)).sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece !== "");
}
