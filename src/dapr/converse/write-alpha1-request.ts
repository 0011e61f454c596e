import { create } from "@bufbuild/protobuf";
import type { Warning } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { type ConversationRequest, ConversationRequestSchema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import type { ConverseTarget } from "./converse-options.js";
import { warnOfUnsent } from "./unsent-options.js";
import { writeText } from "./write-alpha2-messages.js";
import type { WrittenRequest } from "./write-alpha2-request.js";
import { writeParameters } from "./write-parameters.js";

/**
 * A request of Alpha1, for a sidecar that has no newer API: an input a message, text only.
 *
 * @throws {SluiceError} `unsupported` for tools, tool calls, their results and files, naming the field.
 */
export function writeAlpha1Request(request: ChatRequest, target: ConverseTarget): WrittenRequest<ConversationRequest> {
  const warnings: Warning[] = [];
  const { component, contextId, scrubInput, scrubOutput, parameters = {}, promptCacheRetentionMs } = target;
  const { messages, tools = [], temperature } = request;
  if (tools.length > 0) throw unsupported("tools");
  warnOfUnsent(request, target, ALPHA1_UNSENT, "Alpha1 of Dapr's conversation API", warnings);
  if (promptCacheRetentionMs !== undefined) {
    warnings.push({ field: "promptCacheRetentionMs", message: "not sent: Alpha1 has no such option" });
  }
  if (request.providerOptions?.dapr !== undefined) {
    warnings.push({ field: "providerOptions.dapr", message: "not sent: its fields are those of Alpha2" });
  }
  const message = create(ConversationRequestSchema, {
    name: component,
    inputs: messages.map((one, index) => ({
      role: one.role,
      content: textOnly(one, `messages[${index}]`),
      ...(scrubInput !== undefined && { scrubPII: scrubInput }),
    })),
    parameters: writeParameters(parameters),
    ...(contextId !== undefined && { contextID: contextId }),
    ...(scrubOutput !== undefined && { scrubPII: scrubOutput }),
    ...(temperature !== undefined && { temperature }),
  });
  return { message, warnings };
}

const ALPHA1_UNSENT = [
  "topP",
  "topK",
  "parallelToolCalls",
  "maxTokens",
  "stop",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "reasoning",
  "responseFormat",
  "user",
  "metadata",
] as const satisfies readonly (keyof ChatRequest)[];

function textOnly(message: ChatMessage, path: string): string {
  switch (message.role) {
    case "system":
    case "user":
      return joined(writeText(message.content, path));
    case "assistant": {
      const { content } = message;
      if (typeof content === "string") return content;
      const index = content.findIndex(({ type }) => type === "tool-call" || type === "tool-result" || type === "file");
      if (index !== -1) throw unsupported(`${path}.content[${index}]`);
      return content.map((part) => (part.type === "text" ? part.text : "")).join("");
    }
    case "tool":
      throw unsupported(path);
    default:
      return message satisfies never;
  }
}

function joined(texts: readonly { text: string }[]): string {
  return texts.map(({ text }) => text).join("");
}

function unsupported(field: string): SluiceError {
  const message = `${field}: the sidecar speaks only Alpha1 of the conversation API, which carries text`;
  return new SluiceError("unsupported", message, { field });
}
