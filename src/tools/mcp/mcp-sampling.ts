import type { CreateMessageRequestParams, CreateMessageResult } from "@modelcontextprotocol/sdk/types.js";
import { decodeBase64 } from "../../base/base64.js";
import type { FinishReason } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { checkedModel } from "../../stream/checked-model.js";
import { callable, exactly, wholeNumber } from "../../stream/checks.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { ChatMessage, FilePart, TextPart } from "../../stream/message.js";

/** A question that a server wants a model to answer. */
export interface McpSamplingRequest {
  /** What the model would be asked, in the terms of Sluice. The server wrote all of it. */
  request: ChatRequest;
  /** Names of models that the server would like, best first. */
  hints: readonly string[];
  /** Aborted when the server does not wait any more. */
  signal: AbortSignal;
}

/** How a server's own questions are answered. */
export interface McpSampling {
  /** Answers them. Its tokens are the caller's. */
  model: ChatModel;
  /** Whether a question may be asked: shows it to the user, or holds it to a rule. Always asked first. */
  approve: (request: McpSamplingRequest) => boolean | Promise<boolean>;
  /** Most tokens of one answer; a server that asks for more gets this many. Default: what the server asks for. */
  maxTokens?: number;
}

/** What these settings may hold. */
export const SAMPLING = exactly("sampling", {
  model: { required: checkedModel },
  approve: { required: callable },
  maxTokens: wholeNumber(1),
} satisfies Record<keyof McpSampling, unknown>);

/** The code that the specification has for a question that the user did not allow. */
const REJECTED = -1;

/**
 * Answers a `sampling/createMessage`. Tools are not offered to servers, so what concerns them is refused.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/client/sampling
 *
 * @throws {McpError} `-1` when it was not allowed; invalid params for what cannot be sent.
 */
export async function answerSampling(
  params: CreateMessageRequestParams,
  signal: AbortSignal,
  { model, approve, maxTokens }: McpSampling,
): Promise<CreateMessageResult> {
  const { ErrorCode, McpError } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const refused = (what: string) => new McpError(ErrorCode.InvalidParams, what);
  if (params.tools !== undefined || params.toolChoice !== undefined) throw refused("this client offers no tools");
  const request = readRequest(params, maxTokens, refused);
  const hints = params.modelPreferences?.hints?.flatMap(({ name }) => name ?? []) ?? [];
  if (!(await approve({ request, hints, signal }))) throw new McpError(REJECTED, "the user did not allow the request");
  const answer = model.stream(request, { signal });
  let { id } = model;
  for await (const event of answer) if (event.type === "start") id = event.model;
  const text = await answer.fullText;
  return {
    role: "assistant",
    model: id,
    content: { type: "text", text },
    stopReason: stopReasonOf(await answer.finishReason),
  };
}

type Refused = (what: string) => Error;

function readRequest(
  params: CreateMessageRequestParams,
  limit = Number.POSITIVE_INFINITY,
  refused: Refused,
): ChatRequest {
  const { messages, systemPrompt, temperature, maxTokens, stopSequences = [] } = params;
  const system: ChatMessage[] = systemPrompt === undefined ? [] : [{ role: "system", content: systemPrompt }];
  return {
    messages: [...system, ...messages.map((message) => readMessage(message, refused))],
    maxTokens: Math.min(maxTokens, limit),
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences.length > 0 && { stop: stopSequences }),
  };
}

function readMessage({ role, content }: CreateMessageRequestParams["messages"][number], refused: Refused): ChatMessage {
  const parts = (Array.isArray(content) ? content : [content]).map((part): TextPart | FilePart => {
    switch (part.type) {
      case "text":
        return { type: "text", text: part.text };
      case "image":
      case "audio":
        return { type: "file", mediaType: part.mimeType, data: decodeBase64(part.data) };
      case "tool_use":
      case "tool_result":
        throw refused("this client offers no tools");
      default:
        return part satisfies never;
    }
  });
  return { role, content: parts };
}

function stopReasonOf(reason: FinishReason): string {
  if (reason === "stop") return "endTurn";
  return reason === "length" ? "maxTokens" : reason;
}
