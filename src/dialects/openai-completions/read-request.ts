import { defined } from "../../base/defined.js";
import type { JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ServedRequest } from "../dialect.js";
import { OPENAI_CHAT } from "../openai-chat/opaque.js";
import { numberOption, oneOrMoreStops } from "../request-option.js";
import { badRequest, WireObject } from "../wire-object.js";

/** What no chat model does, and what stands for it not being asked. */
const REFUSED: readonly { field: string; unless: readonly JsonValue[]; why: string }[] = [
  { field: "suffix", unless: [null, ""], why: "nothing: a chat model does not fill in the middle" },
  { field: "echo", unless: [null, false], why: "false: the answer is what follows the prompt" },
  { field: "n", unless: [null, 1], why: "1: one answer a request" },
  { field: "best_of", unless: [null, 1], why: "1: one answer a request" },
  { field: "logprobs", unless: [null], why: "nothing: probabilities are those of chat completions" },
];

/** A client's request for a text completion. */
export function readRequest(value: JsonValue): ServedRequest {
  const body = new WireObject(value, "");
  for (const { field, unless, why } of REFUSED) {
    const given = body.any(field);
    if (given !== undefined && !unless.includes(given)) throw badRequest(field, given, why);
  }
  const own = body.carried({ stream_options: { include_usage: "boolean" }, logit_bias: "object" });
  const options = {
    temperature: numberOption(body, "temperature", "temperature"),
    topP: numberOption(body, "top_p", "topP"),
    maxTokens: numberOption(body, "max_tokens", "maxTokens"),
    stop: oneOrMoreStops(body, "stop"),
    seed: numberOption(body, "seed", "seed"),
    presencePenalty: numberOption(body, "presence_penalty", "presencePenalty"),
    frequencyPenalty: numberOption(body, "frequency_penalty", "frequencyPenalty"),
    user: body.string("user"),
    providerOptions: Object.keys(own).length === 0 ? undefined : { [OPENAI_CHAT]: own },
  };
  const request: ChatRequest = { messages: [{ role: "user", content: readPrompt(body) }], ...defined(options) };
  return { model: body.requiredString("model"), stream: body.boolean("stream") ?? false, request };
}

function readPrompt(body: WireObject): string {
  const given = body.any("prompt");
  const prompt = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (typeof prompt === "string" && prompt !== "") return prompt;
  throw badRequest("prompt", given, "one text that is not empty: several, and tokens by their numbers, are not served");
}
