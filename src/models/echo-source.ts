import { type Clock, wait } from "../base/clock.js";
import { estimateTokens, splitTokens } from "../base/token-estimate.js";
import { parseToolInput } from "../dialects/tool-input.js";
import type { BatchSource } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { CallOptions } from "../stream/chat-model.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../stream/chat-request.js";
import { type ChatMessage, resultsOf, type ToolResultPart, textOf } from "../stream/message.js";
import { outputText } from "../stream/tool-text.js";
import { authoredSource } from "./authored-source.js";
import type { ModelDefinition } from "./define-model.js";

/** Asks echo to call a tool: `/call weather {"city": "Oslo"}`. */
const CALL = /^\/call\s+([A-Za-z0-9_-]+)\s*([\s\S]*)$/;

/**
 * What `echo` answers.
 *
 * @param pauseMs before each token.
 */
export function echoSource(
  id: string,
  clock: Clock,
  pauseMs: number,
  request: ChatRequest,
  call: CallOptions,
): BatchSource {
  const definition: ModelDefinition = {
    id,
    async *stream(_, { signal }) {
      const usage = { inputTokens: countInput(request.messages), outputTokens: 0 };
      yield { type: "usage", usage: { inputTokens: usage.inputTokens } };
      for (const event of answer(request)) {
        if (pauseMs > 0) await wait(pauseMs, clock, signal);
        if (event.type === "text-delta" || event.type === "tool-input-delta") usage.outputTokens++;
        yield event;
      }
      yield { type: "usage", usage };
    },
  };
  return authoredSource(definition, request, call);
}

function answer(request: ChatRequest): ChatEvent[] {
  const last = request.messages.at(-1);
  if (last?.role === "tool") return say(resultsOf(last).map(describeResult).join("\n"));
  const asked = request.messages.findLast((message) => message.role === "user");
  const text = asked === undefined ? "" : textOf(asked);
  return callOf(text, request) ?? say(text === "" ? describeFiles(asked) : text);
}

function say(text: string): ChatEvent[] {
  return splitTokens(text).map((token) => ({ type: "text-delta", text: token }));
}

/** The tool call that a message asks for, if it does and there is such a tool. */
function callOf(text: string, { tools, toolChoice, messages }: ChatRequest): ChatEvent[] | undefined {
  const [, name, json = ""] = CALL.exec(text) ?? [];
  const known = tools?.find((tool): tool is ToolDefinition => !isProviderTool(tool) && tool.name === name);
  if (known === undefined || toolChoice === "none") return undefined;
  const callId = `call_${messages.length}`;
  const input = json.trim() || "{}";
  const deltas = splitTokens(input).map(
    (delta): ChatEvent => ({ type: "tool-input-delta", callId, name: known.name, delta }),
  );
  return [...deltas, { type: "tool-call", callId, name: known.name, ...parseToolInput(input) }];
}

function describeResult({ name, output, isError }: ToolResultPart): string {
  return `${name} ${isError ? "failed" : "returned"}: ${outputText(output)}`;
}

function describeFiles(message: ChatMessage | undefined): string {
  if (message === undefined || typeof message.content === "string") return "(an empty message)";
  const types = message.content.flatMap((part) => (part.type === "file" ? [part.mediaType] : []));
  return types.length === 0 ? "(an empty message)" : `(a file: ${types.join(", ")})`;
}

function countInput(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + estimateTokens(textOf(message)), 0);
}
