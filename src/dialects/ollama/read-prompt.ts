import type { JsonValue } from "../../base/json.js";
import type { ChatMessage } from "../../stream/message.js";
import type { ServedRequest } from "../dialect.js";
import { WireObject } from "../wire-object.js";
import { readUserContent } from "./read-messages.js";
import { readOptions } from "./read-options.js";

/** A client's request to `/api/generate`. One without a prompt only loads the model, and has no messages. */
export function readPrompt(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  const system = body.string("system");
  const prompt = body.string("prompt") ?? "";
  const messages: ChatMessage[] = [];
  if (system) messages.push({ role: "system", content: system });
  if (prompt !== "" || body.has("images")) messages.push({ role: "user", content: readUserContent(body, prompt) });
  return {
    model: body.requiredString("model"),
    stream: body.boolean("stream") ?? true,
    request: { messages, ...readOptions(body, ["prompt", "system", "images"]) },
  };
}
