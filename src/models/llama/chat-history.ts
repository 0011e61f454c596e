import { prepareHistory } from "../../dialects/history/prepare-history.js";
import type { Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { isRequest, resultsOf } from "../../stream/message.js";
import type { ChatHistoryItem, ModelResponse } from "./node-llama-cpp.js";

type ModelItem = Extract<ChatHistoryItem, { type: "model" }>;
type FunctionCall = Extract<ModelResponse, { type: "functionCall" }>;

/**
 * Messages as a chat template takes them. All output of the model between two messages of the user is one turn, and the
 * results of its calls stand within it.
 *
 * @throws {SluiceError} `unsupported` for a file.
 */
export function chatHistory(messages: readonly ChatMessage[], warnings: Warning[]): ChatHistoryItem[] {
  const history = new HistoryWriter(warnings);
  const prepared = prepareHistory(messages, { dialect: "llama" }, warnings);
  for (const [index, message] of prepared.messages.entries()) history.add(message, prepared.paths[index] ?? "messages");
  return history.take();
}

class HistoryWriter {
  readonly #items: ChatHistoryItem[] = [];
  readonly #warnings: Warning[];
  /** Calls that wait for their results, by id. */
  readonly #open = new Map<string, FunctionCall>();

  constructor(warnings: Warning[]) {
    this.#warnings = warnings;
  }

  take(): ChatHistoryItem[] {
    return this.#items;
  }

  add(message: ChatMessage, path: string): void {
    switch (message.role) {
      case "system":
        this.#items.push({ type: "system", text: textIn(message.content, path) });
        return;
      case "user":
        if (message.name !== undefined) this.#lose(`${path}.name`, "chat templates tell roles apart, not users");
        this.#items.push({ type: "user", text: textIn(message.content, path) });
        return;
      case "assistant":
        this.#addOutput(message.content, path);
        return;
      case "tool":
        for (const result of resultsOf(message)) this.#addResult(result);
        return;
      default:
        message satisfies never;
    }
  }

  #addOutput(content: string | readonly AssistantPart[], path: string): void {
    const { response } = this.#turn();
    if (typeof content === "string") {
      response.push(content);
      return;
    }
    for (const [index, part] of content.entries()) this.#addPart(part, response, `${path}.content[${index}]`);
  }

  #addPart(part: AssistantPart, response: ModelResponse[], path: string): void {
    switch (part.type) {
      case "text":
        response.push(part.text);
        return;
      case "reasoning":
        if (part.opaque !== undefined) this.#lose(path, `reasoning that ${part.opaque.dialect} keeps`);
        else response.push({ type: "segment", segmentType: "thought", text: part.text, ended: true });
        return;
      case "tool-call":
        if (part.providerExecuted) this.#lose(path, "a call of a tool that a provider ran");
        else this.#addCall(part, response);
        return;
      case "tool-result":
        if (part.providerExecuted) this.#lose(path, "the result of a tool that a provider ran");
        else this.#addResult(part);
        return;
      case "file":
        this.#lose(path, "the model takes text only");
        return;
      case "opaque":
        if (!isRequest(part)) this.#lose(path, `state of ${part.opaque.dialect}`);
        return;
      case "source":
      case "input-request":
        return;
      default:
        part satisfies never;
    }
  }

  #addCall({ callId, name, input }: ToolCallPart, response: ModelResponse[]): void {
    // Calls of one answer were made at once; what comes after results is another round.
    const before = response.at(-1);
    const startsNewChunk = typeof before !== "object" || before.type !== "functionCall" || !this.#isOpen(before);
    const call: FunctionCall = { type: "functionCall", name, params: input, result: null, startsNewChunk };
    this.#open.set(callId, call);
    response.push(call);
  }

  #addResult({ callId, output, isError }: ToolResultPart): void {
    const open = this.#open.get(callId);
    // Each result of a prepared history has its call.
    if (open === undefined) return;
    this.#open.delete(callId);
    open.result = isError ? { error: output } : output;
  }

  #isOpen(call: FunctionCall): boolean {
    for (const open of this.#open.values()) if (open === call) return true;
    return false;
  }

  /** The model's output since the last user message. */
  #turn(): ModelItem {
    const last = this.#items.at(-1);
    if (last?.type === "model") return last;
    const turn: ModelItem = { type: "model", response: [] };
    this.#items.push(turn);
    return turn;
  }

  #lose(field: string, what: string): void {
    this.#warnings.push({ field, message: `left out: ${what}` });
  }
}

function textIn(content: string | readonly (TextPart | FilePart)[], path: string): string {
  if (typeof content === "string") return content;
  return content
    .map((part, index) => {
      if (part.type === "text") return part.text;
      const field = `${path}.content[${index}]`;
      const message = `${field}: found a file of type ${part.mediaType}; allowed by llama: text`;
      throw new SluiceError("unsupported", message, { field });
    })
    .join("");
}
