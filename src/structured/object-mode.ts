import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { invalid, SluiceError } from "../stream/error.js";

const MODES = ["json-schema", "tool", "instructions"] as const;

/**
 * How a model is brought to answer with a value: by the provider's own JSON schema mode, by a tool that it must call with
 * the value as arguments, or by instructions alone.
 */
export type ObjectMode = (typeof MODES)[number];

/**
 * The mode that is asked for, or the best that the model is known to have. A request with tools of its own is not asked
 * by another tool, which would be the only one that it may call; nor is one that asks for reasoning, since providers refuse
 * to make a model call a tool while it thinks.
 *
 * @param obstacle why the provider's schema mode does not take this schema.
 * @throws {SluiceError} `unsupported` for a mode that the model is known not to have; `invalid-argument`.
 */
export function chooseMode(model: ChatModel, request: ChatRequest, asked?: ObjectMode, obstacle?: string): ObjectMode {
  const { jsonSchema, tools } = model.capabilities ?? {};
  const ownTools = (request.tools?.length ?? 0) > 0;
  if (asked === undefined) {
    if (jsonSchema === true && obstacle === undefined) return "json-schema";
    return tools === true && !ownTools && !thinks(request) ? "tool" : "instructions";
  }
  if (!MODES.includes(asked)) throw invalid("mode", asked, MODES.join(", "));
  if (asked === "tool" && ownTools)
    throw invalid("mode", asked, "json-schema or instructions, where there are other tools");
  if ((asked === "json-schema" && jsonSchema === false) || (asked === "tool" && tools === false)) {
    throw new SluiceError("unsupported", `mode: ${model.id} has no mode ${asked}`, { field: "mode", model: model.id });
  }
  if (asked === "json-schema" && obstacle !== undefined) {
    const message = `schema: ${model.id} does not take it in mode json-schema: ${obstacle}`;
    throw new SluiceError("unsupported", message, { field: "schema", model: model.id });
  }
  return asked;
}

function thinks({ reasoning }: ChatRequest): boolean {
  return reasoning !== undefined && reasoning.effort !== "none";
}
