import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { UserMessage } from "../stream/message.js";
import { propertiesOf, type Signature } from "./signature/signature.js";

/** Inputs as a message of the user: a single text as it is, several with their names and what they mean. */
export function inputMessage({ inputs }: Signature, values: JsonObject): UserMessage {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const [only] = given;
  if (given.length === 1 && typeof only?.[1] === "string" && Object.keys(propertiesOf(inputs.json)).length === 1) {
    return { role: "user", content: only[1] };
  }
  const properties = propertiesOf(inputs.json);
  const content = given.map(([name, value]) => `${labelOf(name, properties[name])}:\n${written(value)}`).join("\n\n");
  return { role: "user", content: content === "" ? "Begin." : content };
}

/** The system text: the agent's instructions, those of its signature, and what its answer has to be. */
export function systemText(
  instructions: string | undefined,
  signature: Signature,
  model: ChatModel,
): string | undefined {
  const form =
    signature.textOutput === undefined && model.capabilities?.jsonSchema !== true ? formText(signature) : undefined;
  const texts = [instructions, signature.instructions, form].filter((text) => text !== undefined && text !== "");
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

/** The request with the system text before it, and with the form of the answer where the model can be constrained to it. */
export function framedRequest(
  request: ChatRequest,
  system: string | undefined,
  signature: Signature,
  model: ChatModel,
): ChatRequest {
  const messages =
    system === undefined ? request.messages : [{ role: "system" as const, content: system }, ...request.messages];
  const constrained = signature.textOutput === undefined && model.capabilities?.jsonSchema === true;
  if (!constrained) return { ...request, messages };
  return {
    ...request,
    messages,
    responseFormat: { type: "json-schema", name: "outputs", schema: signature.outputs.json },
  };
}

function formText({ outputs }: Signature): string {
  return [
    "Your last answer, when you need no tool any more, is one JSON object and nothing else: no words around it, no Markdown.",
    `It must fit this JSON Schema: ${JSON.stringify(outputs.json)}`,
  ].join("\n");
}

function labelOf(name: string, schema: JsonValue | undefined): string {
  const description = isJsonObject(schema) ? schema.description : undefined;
  return typeof description === "string" ? `${name} (${description})` : name;
}

function written(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
