import { encodeBase64 } from "../../../base/base64.js";
import { isJsonObject } from "../../../base/json.js";
import { TextBuffer } from "../../../base/text-buffer.js";
import { agreedReason } from "../../../dialects/agreed-reason.js";
import { ReportedCalls } from "../../../dialects/reported-calls.js";
import { parseToolInput } from "../../../dialects/tool-input.js";
import type { ChatEvent, FinishReason } from "../../../stream/chat-event.js";
import { SluiceError } from "../../../stream/error.js";
import type { Usage } from "../../../stream/usage.js";
import type {
  ConverseBlock,
  ConverseOutput,
  ConverseResultContent,
  ConverseStreamEvent,
  ConverseUsage,
} from "./bedrock-sdk.js";
import { readCitation } from "./read-citation.js";
import { SystemTools } from "./system-tools.js";
import { BEDROCK } from "./write-converse-messages.js";

/** Why Bedrock's models stop, in our words. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content-filter",
  content_filtered: "content-filter",
};

/** A call whose arguments still come. */
interface OpenCall {
  callId: string;
  name: string;
  text: TextBuffer;
  providerExecuted?: true;
}

/** Turns the events of a streamed Converse answer into ours. One for each answer. */
export class ConverseStreamReader {
  /** Tool calls whose arguments still come, by the index of their block. */
  readonly #calls = new Map<number, OpenCall>();
  /** Results of Bedrock's own tools that still come, likewise. */
  readonly #results = new Map<number, { callId: string; content: ConverseResultContent[]; status?: string }>();
  readonly #system = new SystemTools();
  readonly #reported = new ReportedCalls();
  /** Whether the model called a tool. */
  #any = false;
  #stopReason: string | undefined;
  #usage: Usage = {};

  /** What one event says. */
  read(event: ConverseStreamEvent): ChatEvent[] {
    const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } = event;
    if (contentBlockDelta !== undefined) return this.#delta(contentBlockDelta);
    if (contentBlockStart !== undefined) this.#start(contentBlockStart);
    if (contentBlockStop !== undefined) return this.#stop(contentBlockStop.contentBlockIndex ?? 0);
    if (messageStop !== undefined) this.#stopReason = messageStop.stopReason ?? "";
    if (metadata?.usage !== undefined) {
      this.#usage = readUsage(metadata.usage);
      return [{ type: "usage", usage: this.#usage }];
    }
    return [];
  }

  /**
   * The end of the stream.
   *
   * @throws {SluiceError} `truncated` where the model had not stopped.
   */
  finish(): ChatEvent[] {
    if (this.#stopReason === undefined) {
      throw new SluiceError("truncated", "Bedrock's stream ended before the model stopped", { retryable: true });
    }
    // A block whose end did not come is over with the answer.
    const late = [...this.#calls.keys(), ...this.#results.keys()].flatMap((block) => this.#stop(block));
    return [...late, finishEvent(this.#stopReason, this.#usage, this.#any)];
  }

  #start({ start = {}, contentBlockIndex = 0 }: NonNullable<ConverseStreamEvent["contentBlockStart"]>): void {
    const { toolUse, toolResult } = start;
    if (toolResult?.toolUseId !== undefined) {
      const { toolUseId: callId, status } = toolResult;
      this.#results.set(contentBlockIndex, { callId, content: [], ...(status !== undefined && { status }) });
    }
    const { toolUseId: callId, name, type } = toolUse ?? {};
    if (callId === undefined || name === undefined) return;
    const runs = this.#system.called(callId, name, type);
    this.#calls.set(contentBlockIndex, { callId, name, text: new TextBuffer(), ...runs });
  }

  #delta({
    delta = {},
    contentBlockIndex: block = 0,
  }: NonNullable<ConverseStreamEvent["contentBlockDelta"]>): ChatEvent[] {
    const { text, toolUse, toolResult, reasoningContent, citation } = delta;
    if (text !== undefined) return [{ type: "text-delta", text, block }];
    if (citation !== undefined) return [{ type: "source", source: readCitation(citation), block }];
    if (toolResult !== undefined) this.#results.get(block)?.content.push(...toolResult);
    const call = this.#calls.get(block);
    if (toolUse?.input !== undefined && call !== undefined) {
      call.text.push(toolUse.input);
      return [{ type: "tool-input-delta", callId: call.callId, name: call.name, delta: toolUse.input }];
    }
    if (reasoningContent === undefined) return [];
    const { text: thought = "", signature, redactedContent } = reasoningContent;
    const data = {
      ...(signature !== undefined && { signature }),
      ...(redactedContent !== undefined && { redacted: encodeBase64(redactedContent) }),
    };
    const sealed = Object.keys(data).length > 0 && { opaque: { dialect: BEDROCK, data } };
    return [{ type: "reasoning-delta", text: thought, block, ...sealed }];
  }

  #stop(block: number): ChatEvent[] {
    const result = this.#results.get(block);
    this.#results.delete(block);
    if (result !== undefined) return [this.#system.result(result.callId, result.content, result.status)];
    const call = this.#calls.get(block);
    if (call === undefined) return [];
    this.#calls.delete(block);
    const { name, text, providerExecuted } = call;
    const input = text.toString();
    const callId = this.#reported.admit(call.callId, name, input);
    if (callId === undefined) return [];
    if (providerExecuted === undefined) this.#any = true;
    const runs = providerExecuted && { providerExecuted };
    return [{ type: "tool-call", callId, name, ...parseToolInput(input), ...runs }];
  }
}

/** A whole Converse answer as the events that a stream would have had. */
export function readConverseOutput({ output, stopReason = "", usage }: ConverseOutput): ChatEvent[] {
  const system = new SystemTools();
  const content = output?.message?.content ?? [];
  const events = content.flatMap((block, index) => readBlock(block, index, system));
  const counts = usage === undefined ? {} : readUsage(usage);
  if (usage !== undefined) events.push({ type: "usage", usage: counts });
  const called = events.some((event) => event.type === "tool-call" && event.providerExecuted === undefined);
  events.push(finishEvent(stopReason, counts, called));
  return events;
}

function readBlock(content: ConverseBlock, block: number, system: SystemTools): ChatEvent[] {
  const { text, toolUse, toolResult, reasoningContent, citationsContent } = content;
  const events: ChatEvent[] = [];
  if (text !== undefined) events.push({ type: "text-delta", text, block });
  for (const { text: cited } of citationsContent?.content ?? []) {
    if (cited !== undefined) events.push({ type: "text-delta", text: cited, block });
  }
  for (const citation of citationsContent?.citations ?? []) {
    events.push({ type: "source", source: readCitation(citation), block });
  }
  const { reasoningText, redactedContent } = reasoningContent ?? {};
  if (reasoningText !== undefined) {
    const { text: thought = "", signature } = reasoningText;
    const sealed = signature !== undefined && { opaque: { dialect: BEDROCK, data: { signature } } };
    events.push({ type: "reasoning-delta", text: thought, block, ...sealed });
  }
  if (redactedContent !== undefined) {
    const opaque = { dialect: BEDROCK, data: { redacted: encodeBase64(redactedContent) } };
    events.push({ type: "reasoning-delta", text: "", block, opaque });
  }
  if (toolUse !== undefined) {
    const { toolUseId: callId, name, input, type } = toolUse;
    const runs = system.called(callId, name, type);
    events.push({ type: "tool-call", callId, name, input: isJsonObject(input) ? input : {}, ...runs });
  }
  if (toolResult !== undefined) {
    events.push(system.result(toolResult.toolUseId, toolResult.content, toolResult.status));
  }
  return events;
}

function finishEvent(stopReason: string, usage: Usage, toolCalls: boolean): ChatEvent {
  const reason = Object.hasOwn(REASONS, stopReason) ? REASONS[stopReason] : undefined;
  return { type: "finish", reason: agreedReason(reason ?? "other", { toolCalls }), rawReason: stopReason, usage };
}

/** Bedrock counts what was read from and written to the cache beside the input. */
function readUsage({ inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens }: ConverseUsage): Usage {
  const cached = (cacheReadInputTokens ?? 0) + (cacheWriteInputTokens ?? 0);
  return {
    ...(inputTokens !== undefined && { inputTokens: inputTokens + cached }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cacheReadInputTokens !== undefined && { cacheReadTokens: cacheReadInputTokens }),
    ...(cacheWriteInputTokens !== undefined && { cacheWriteTokens: cacheWriteInputTokens }),
  };
}
