import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { ChunkWriter } from "../converse/chunk-writer.js";
import { finishReasonName } from "../converse/converse-answer.js";
import { ToolCallTexts } from "../converse/tool-call-texts.js";
import { functionCall } from "./dapr-chunk.js";
import { type OpenAiUsage, openAiUsage } from "./open-ai-usage.js";

/** What a chunk adds to the answer. */
export interface OpenAiDelta {
  /** In the first chunk. */
  role?: "assistant";
  /** A piece of the text. */
  content?: string;
  /** A piece of the model's reasoning, as most OpenAI-compatible services name it. */
  reasoning_content?: string;
  /** Pieces of tool calls: the first of each has its id and name. */
  tool_calls?: {
    index: number;
    id?: string;
    type?: "function";
    function: { name?: string; arguments: string };
  }[];
}

/** A chunk in OpenAI's shape. The last has no choices, and the context id and the usage, where there are any. */
export interface OpenAiChunk {
  /** That of the answer, the same in all of its chunks. */
  id: string;
  object: "chat.completion.chunk";
  /** When the answer began, in s since 1970; the same in all of its chunks. */
  created: number;
  /** The model that answers, as its provider names it. */
  model: string;
  /** The piece of the answer: one choice, or none in the last chunk. */
  choices: { index: 0; delta: OpenAiDelta; finish_reason: string | null }[];
  /** In the last chunk, where there is one; `null` elsewhere. */
  context_id: string | null;
  /** In the last chunk, where anybody counted; `null` elsewhere. */
  usage: OpenAiUsage | null;
  /** On every chunk of an answer that was whole before it began. */
  simulated?: true;
}

/** Writes events as OpenAI's chunks. */
export class OpenAiChunkWriter implements ChunkWriter<OpenAiChunk> {
  readonly #calls = new ToolCallTexts();
  readonly #streamed = new Set<string>();
  #frame: Pick<OpenAiChunk, "id" | "object" | "created" | "model" | "simulated"> = {
    id: "",
    object: "chat.completion.chunk",
    created: secondsNow(),
    model: "",
  };
  #contextId: string | null = null;
  #begun = false;

  push(event: ChatEvent, write: (chunk: OpenAiChunk) => void): void {
    switch (event.type) {
      case "start":
        this.#frame = {
          id: event.id,
          object: "chat.completion.chunk",
          created: secondsNow(),
          model: event.model,
          ...(event.simulated && { simulated: true }),
        };
        return;
      case "text-delta":
        if (event.text !== "") this.#delta({ content: event.text }, write);
        return;
      case "reasoning-delta":
        if (event.text !== "") this.#delta({ reasoning_content: event.text }, write);
        return;
      case "tool-input-delta":
        if (!event.providerExecuted) this.#piece(event, write);
        return;
      case "tool-call":
        if (!event.providerExecuted) this.#call(event, write);
        return;
      case "context":
        this.#contextId = event.contextId;
        return;
      case "retract":
        if (this.#begun) throw new SluiceError("retracted", `the text that was sent is void: ${event.reason}`);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      // Running counts are in the last chunk; nothing else comes over Dapr's protocol.
      default:
    }
  }

  #piece(event: ChatEvent & { type: "tool-input-delta" }, write: (chunk: OpenAiChunk) => void): void {
    const { callId, name, delta } = event;
    this.#calls.push(event);
    const index = this.#calls.indexOf(callId);
    const first = !this.#streamed.has(callId);
    this.#streamed.add(callId);
    const call = first
      ? { index, id: callId, type: "function" as const, function: { name, arguments: delta } }
      : { index, function: { arguments: delta } };
    this.#delta({ tool_calls: [call] }, write);
  }

  #call(event: ChatEvent & { type: "tool-call" }, write: (chunk: OpenAiChunk) => void): void {
    const index = this.#calls.indexOf(event.callId);
    const call = functionCall(event, this.#calls);
    if (!this.#streamed.has(event.callId)) this.#delta({ tool_calls: [{ index, ...call }] }, write);
  }

  #delta(delta: OpenAiDelta, write: (chunk: OpenAiChunk) => void): void {
    const whole: OpenAiDelta = this.#begun ? delta : { role: "assistant", ...delta };
    this.#begun = true;
    this.#write([{ index: 0, delta: whole, finish_reason: null }], write);
  }

  #finish({ reason, usage }: ChatEvent & { type: "finish" }, write: (chunk: OpenAiChunk) => void): void {
    this.#write([{ index: 0, delta: {}, finish_reason: finishReasonName(reason) }], write);
    write({ ...this.#frame, choices: [], context_id: this.#contextId, usage: openAiUsage(usage) ?? null });
  }

  #write(choices: OpenAiChunk["choices"], write: (chunk: OpenAiChunk) => void): void {
    write({ ...this.#frame, choices, context_id: null, usage: null });
  }
}

/** The time, in s since 1970. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1_000);
}
