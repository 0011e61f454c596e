import { TextBuffer } from "../../base/text-buffer.js";
import type { ChatEvent, Warning } from "../../stream/chat-event.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";
import { finishReasonName } from "../converse/converse-answer.js";
import { ToolCallTexts } from "../converse/tool-call-texts.js";
import type { FunctionCall } from "./input-messages.js";
import { type OpenAiUsage, openAiUsage } from "./open-ai-usage.js";

/** A piece of a streamed answer. */
export type DaprChunk =
  /** The answer begins. `simulated`: it was whole before it began. */
  | { type: "start"; data: { id: string; model: string; simulated: boolean; warnings: readonly Warning[] } }
  /** A piece of the text. */
  | { type: "content"; data: string }
  /** A piece of the model's reasoning. */
  | { type: "reasoning"; data: string }
  /** A piece of a tool call's arguments; `index` says of which call, counted from 0. */
  | { type: "tool_call_delta"; data: { index: number; id: string; name: string; arguments: string } }
  /** A whole tool call. */
  | { type: "tool_call"; data: FunctionCall }
  /** Everything since the last `start` is void, for this reason: another one follows. */
  | { type: "retract"; data: string }
  /** The id under which the conversation can be continued. */
  | { type: "context_id"; data: string }
  /** Why the model stopped, in the protocol's words: `stop`, `length`, `tool_calls`, `content_filter` … */
  | { type: "finish"; data: string }
  /** The whole text, where there is any. */
  | { type: "final_content"; data: string }
  /** Tokens, where anybody counted them. */
  | { type: "final_usage"; data: OpenAiUsage };

/** Writes events as the pieces that Dapr Agents' streaming has, and those that it lacks. */
export class DaprChunkWriter implements ChunkWriter<DaprChunk> {
  #text = new TextBuffer();
  #calls = new ToolCallTexts();

  push(event: ChatEvent, write: (chunk: DaprChunk) => void): void {
    switch (event.type) {
      case "start": {
        const { id, model, simulated = false, warnings = [] } = event;
        write({ type: "start", data: { id, model, simulated, warnings } });
        return;
      }
      case "text-delta":
        if (event.text === "") return;
        this.#text.push(event.text);
        write({ type: "content", data: event.text });
        return;
      case "reasoning-delta":
        if (event.text !== "") write({ type: "reasoning", data: event.text });
        return;
      case "tool-input-delta": {
        if (event.providerExecuted) return;
        this.#calls.push(event);
        const { callId: id, name, delta } = event;
        write({ type: "tool_call_delta", data: { index: this.#calls.indexOf(id), id, name, arguments: delta } });
        return;
      }
      case "tool-call":
        if (!event.providerExecuted) write({ type: "tool_call", data: functionCall(event, this.#calls) });
        return;
      case "context":
        write({ type: "context_id", data: event.contextId });
        return;
      case "retract":
        this.#text = new TextBuffer();
        this.#calls = new ToolCallTexts();
        write({ type: "retract", data: event.reason });
        return;
      case "finish":
        this.#finish(event, write);
        return;
      // Running counts are in `final_usage`; nothing else comes over Dapr's protocol.
      default:
    }
  }

  #finish({ reason, usage }: ChatEvent & { type: "finish" }, write: (chunk: DaprChunk) => void): void {
    write({ type: "finish", data: finishReasonName(reason) });
    const text = this.#text.toString();
    if (text !== "") write({ type: "final_content", data: text });
    const counts = openAiUsage(usage);
    if (counts !== undefined) write({ type: "final_usage", data: counts });
  }
}

/** A whole call as OpenAI's protocol has it. A call that Dapr gave no id has the one that its result must name. */
export function functionCall(event: ChatEvent & { type: "tool-call" }, calls: ToolCallTexts): FunctionCall {
  const { name, arguments: written } = calls.complete(event);
  return { id: event.callId, type: "function", function: { name: name || event.name, arguments: written } };
}
