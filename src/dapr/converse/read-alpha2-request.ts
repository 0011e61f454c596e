import type { Duration } from "@bufbuild/protobuf/wkt";
import type { Warning } from "../../stream/chat-event.js";
import type { ConversationRequestAlpha2 } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { componentNotFound, invalidParams, missingInputs } from "./api-error.js";
import type { ConverseCall } from "./converse-call.js";
import { readAlpha2Messages } from "./read-alpha2-messages.js";
import { readResponseFormat } from "./read-response-format.js";
import { readTools } from "./read-tools.js";

/** Options of a request that only the OpenAI component understands stand under this name in `providerOptions`. */
export const OPENAI_OPTIONS = "conversation.openai";

/** The largest token limit, as daprd has it. */
const MAX_TOKENS = 2_147_483_647n;

/**
 * Reads a request of the Alpha2 API, checked in daprd's order: the component, the inputs, each message, the tool choice.
 *
 * @param hasComponent whether there is a component of this name.
 * @throws {SluiceError} `invalid-request` in daprd's words; `toApiError` says what to answer.
 */
export function readAlpha2Request(
  message: ConversationRequestAlpha2,
  hasComponent: (name: string) => boolean,
): ConverseCall {
  const { name, contextId, temperature = -1, maxTokens, metadata, promptCacheRetention } = message;
  if (!hasComponent(name)) throw componentNotFound(name);
  if (message.inputs.length === 0) throw missingInputs(name);
  const warnings: Warning[] = [];
  const inputs = readAlpha2Messages(name, message.inputs);
  const tools = readTools(name, message.tools, message.toolChoice ?? "");
  if (maxTokens !== undefined && (maxTokens <= 0n || maxTokens > MAX_TOKENS)) {
    throw invalidParams(name, `max_tokens must be greater than 0 and at most ${MAX_TOKENS}`);
  }
  return {
    api: "alpha2",
    component: name,
    ...(contextId !== undefined && contextId !== "" && { contextId }),
    inputs,
    settings: {
      ...tools,
      // As in daprd, one below 0 means that none was set.
      ...(temperature >= 0 && { temperature }),
      ...(maxTokens !== undefined && { maxTokens: Number(maxTokens) }),
      ...readResponseFormat(message.responseFormat, warnings),
      ...(Object.keys(metadata).length > 0 && { metadata: { ...metadata } }),
      ...(promptCacheRetention && {
        providerOptions: { [OPENAI_OPTIONS]: { prompt_cache_retention: retention(promptCacheRetention) } },
      }),
    },
    scrubOutput: message.scrubPii ?? false,
    parameters: message.parameters,
    warnings,
  };
}

/** How OpenAI writes it: in hours, for example `24h` (https://platform.openai.com/docs/guides/prompt-caching). */
function retention({ seconds }: Duration): string {
  const hours = Number(seconds) / 3_600;
  return Number.isInteger(hours) ? `${hours}h` : `${seconds}s`;
}
