import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { PathParams, ServedRequest } from "../dialect.js";
import { badRequest, WireObject } from "../wire-object.js";
import { camelKeys } from "./camel-keys.js";
import { GEMINI, otherFields } from "./opaque.js";
import { readConfig } from "./read-config.js";
import { readMessages } from "./read-messages.js";
import { ownToolOptions, readTools } from "./read-tools.js";

/** Fields that every dialect has a term for; the others are kept for a model that speaks this one. */
const KNOWN = ["model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig"];

/** Those of the others that are documented. */
const OWN = { safetySettings: "objects", cachedContent: "string", labels: "object", store: "boolean" } as const;

/** The methods that answer, and whether they stream. */
const METHODS: Readonly<Record<string, boolean>> = { generateContent: false, streamGenerateContent: true };

/**
 * A client's request for an answer. Model and method stand in the path: `/models/{model}:{method}`.
 *
 * @param path `model` and `method`; without them the body's `model`, not streamed.
 */
export function readRequest(value: JsonValue, path: PathParams = {}): ServedRequest {
  const body = new WireObject(camelKeys(value), "");
  const model = path.model ?? body.requiredString("model");
  const { method = "generateContent" } = path;
  const stream = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (stream === undefined) throw badRequest("method", method, Object.keys(METHODS).join(", "));
  body.check(OWN);
  const { options, own } = readConfig(body);
  const fields: JsonObject = {
    ...otherFields(body.value, KNOWN),
    ...(Object.keys(own).length > 0 && { generationConfig: own }),
    ...ownToolOptions(body),
  };
  const request: ChatRequest = {
    messages: readMessages(body),
    ...options,
    ...readTools(body),
    ...(Object.keys(fields).length > 0 && { providerOptions: { [GEMINI]: fields } }),
  };
  return { model: model.replace(/^models\//, ""), stream, request };
}
