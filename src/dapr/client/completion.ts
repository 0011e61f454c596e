import { TextBuffer } from "../../base/text-buffer.js";
import type { ChatEvent, Warning } from "../../stream/chat-event.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { finishReasonName } from "../converse/converse-answer.js";
import { ToolCallTexts } from "../converse/tool-call-texts.js";
import { functionCall } from "./dapr-chunk.js";
import type { FunctionCall } from "./input-messages.js";
import { secondsNow } from "./open-ai-chunk.js";
import { type OpenAiUsage, openAiUsage } from "./open-ai-usage.js";

/** A whole answer in OpenAI's shape. */
export interface DaprCompletion {
  /** That of the answer. */
  id: string;
  object: "chat.completion";
  /** When the answer was complete, in s since 1970. */
  created: number;
  /** The model that answered, as its provider names it. */
  model: string;
  /** One: what Dapr gives as several outputs is one answer. */
  choices: [CompletionChoice];
  /** Absent where nobody counted. */
  usage?: OpenAiUsage;
  /** The id under which the conversation can be continued, where there is one. */
  context_id?: string;
  /** Options that were not sent as they were given. */
  warnings?: readonly Warning[];
}

/** The answer's choice. */
export interface CompletionChoice {
  /** There is one choice. */
  index: 0;
  /** In the protocol's words: `stop`, `length`, `tool_calls`, `content_filter` … */
  finish_reason: string;
  /** The answer as a message of OpenAI's protocol. */
  message: {
    role: "assistant";
    /** `null` where the model only called tools. */
    content: string | null;
    reasoning_content?: string;
    tool_calls?: FunctionCall[];
  };
}

/** Reads a stream to its end. */
export async function collectCompletion(stream: ChatStream): Promise<DaprCompletion> {
  const collector = new CompletionCollector();
  const batches = stream.batches();
  for (let batch = await batches.next(); batch !== undefined; batch = await batches.next()) {
    for (const event of batch) collector.push(event);
  }
  return collector.completion;
}

class CompletionCollector {
  #start: Pick<DaprCompletion, "id" | "model" | "warnings"> = { id: "", model: "" };
  #text = new TextBuffer();
  #reasoning = new TextBuffer();
  #calls = new ToolCallTexts();
  #toolCalls: FunctionCall[] = [];
  #contextId: string | undefined;
  #finishReason = "unknown";
  #usage: OpenAiUsage | undefined;

  push(event: ChatEvent): void {
    switch (event.type) {
      case "start": {
        const { id, model, warnings } = event;
        this.#start = { id, model, ...(warnings !== undefined && { warnings }) };
        return;
      }
      case "text-delta":
        this.#text.push(event.text);
        return;
      case "reasoning-delta":
        this.#reasoning.push(event.text);
        return;
      case "tool-input-delta":
        this.#calls.push(event);
        return;
      case "tool-call":
        if (!event.providerExecuted) this.#toolCalls.push(functionCall(event, this.#calls));
        return;
      case "retract":
        this.#text = new TextBuffer();
        this.#reasoning = new TextBuffer();
        this.#calls = new ToolCallTexts();
        this.#toolCalls = [];
        return;
      case "context":
        this.#contextId = event.contextId;
        return;
      case "finish":
        this.#finishReason = finishReasonName(event.reason);
        this.#usage = openAiUsage(event.usage);
        return;
      default:
    }
  }

  get completion(): DaprCompletion {
    const text = this.#text.toString();
    const reasoning = this.#reasoning.toString();
    const message = {
      role: "assistant" as const,
      content: text === "" && this.#toolCalls.length > 0 ? null : text,
      ...(reasoning !== "" && { reasoning_content: reasoning }),
      ...(this.#toolCalls.length > 0 && { tool_calls: this.#toolCalls }),
    };
    const { id, model, warnings } = this.#start;
    return {
      id,
      object: "chat.completion",
      created: secondsNow(),
      model,
      choices: [{ index: 0, finish_reason: this.#finishReason, message }],
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#contextId !== undefined && { context_id: this.#contextId }),
      ...(warnings !== undefined && { warnings }),
    };
  }
}
