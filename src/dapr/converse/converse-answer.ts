import { TextBuffer } from "../../base/text-buffer.js";
import type { FinishReason, Warning } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { type Usage, updateUsage } from "../../stream/usage.js";
import type { ConverseCall } from "./converse-call.js";
import { ToolCallTexts } from "./tool-call-texts.js";

/** A tool call as Dapr has it: its arguments are text. */
export interface ConverseToolCall {
  /** "" if there is none. */
  id: string;
  /** The tool's. */
  name: string;
  /** JSON text. */
  arguments: string;
}

/** A whole answer. */
export interface ConverseAnswer {
  /** All of it that was not retracted. */
  text: string;
  /** Empty if there are none. */
  toolCalls: ConverseToolCall[];
  /** The protocol's word, see `finishReasonName`. */
  finishReason: string;
  /** Tokens. A count is absent where nobody gave it. */
  usage: Usage;
  /** The conversation it belongs to, where the stream named one. */
  contextId?: string;
  /** Options that were not sent to the provider as they were given. */
  warnings: readonly Warning[];
}

/**
 * Reads a stream to its end.
 *
 * @throws {SluiceError} as the stream does; `provider-error` in daprd's words for an empty answer where a tool call was
 *   required.
 */
export async function collectAnswer(stream: ChatStream, call: ConverseCall): Promise<ConverseAnswer> {
  let text = new TextBuffer();
  let calls = new ToolCallTexts();
  let toolCalls: ConverseToolCall[] = [];
  let usage: Usage = {};
  let finishReason = "unknown";
  let contextId: string | undefined;
  let warnings: readonly Warning[] = [];
  const batches = stream.batches();
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    for (const event of batch) {
      switch (event.type) {
        case "start":
          warnings = event.warnings ?? [];
          break;
        case "text-delta":
          text.push(event.text);
          break;
        case "tool-input-delta":
          calls.push(event);
          break;
        case "tool-call":
          if (!event.providerExecuted) toolCalls.push(calls.complete(event));
          break;
        case "context":
          contextId = event.contextId;
          break;
        case "usage":
          usage = updateUsage(usage, event.usage);
          break;
        case "retract":
          text = new TextBuffer();
          calls = new ToolCallTexts();
          toolCalls = [];
          break;
        case "finish":
          finishReason = finishReasonName(event.reason);
          usage = event.usage;
          break;
        default:
      }
    }
  }
  const answer = { text: text.toString(), toolCalls, finishReason, usage, warnings };
  refuseEmpty(call, answer.text !== "" || toolCalls.length > 0);
  return contextId === undefined ? answer : { ...answer, contextId };
}

/**
 * Refuses an answer without text and tool calls where a tool call was required, as daprd does.
 *
 * @throws {SluiceError} `provider-error`.
 */
export function refuseEmpty({ settings }: ConverseCall, hasAnswer: boolean): void {
  const count = settings.tools?.length ?? 0;
  if (hasAnswer || settings.toolChoice !== "required" || count === 0) return;
  const message = `LLM returned empty response with no tool calls despite ${count} tools being available`;
  throw new SluiceError("provider-error", message, { retryable: true });
}

/** The words that Dapr's protocol has for why a model stopped, and our own for what it has none for. */
export function finishReasonName(reason: FinishReason): string {
  switch (reason) {
    case "tool-calls":
    case "input-required":
      return "tool_calls";
    case "content-filter":
      return "content_filter";
    case "other":
      return "unknown";
    case "stop":
    case "length":
    case "refusal":
    case "pause":
    case "budget":
      return reason;
    default:
      return reason satisfies never;
  }
}
