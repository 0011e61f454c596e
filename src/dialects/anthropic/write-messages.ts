import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { resultsOf } from "../../stream/message.js";
import type { Opaque } from "../../stream/opaque.js";
import { ANTHROPIC_HISTORY, type HistoryRules, rulesForModel } from "../history/history-rules.js";
import { prepareHistory } from "../history/prepare-history.js";
import { inputObject } from "../tool-input.js";
import { writeCache } from "./cache-control.js";
import { writeCitation } from "./citations.js";
import type { ClaudeTraits } from "./model-traits.js";
import { ownData } from "./opaque.js";
import { writeToolOutput } from "./tool-output.js";
import { Turns } from "./turns.js";
import { writeFile } from "./write-file.js";

/** The parts of a request that its messages make up. */
export interface WireMessages {
  system?: JsonValue;
  messages: JsonObject[];
  /** The container that the last answer ran its code in. */
  container?: JsonObject;
}

/** Messages in Anthropic's terms: instructions apart, roles taking turns, results of tools first in the user's. */
export function writeMessages(
  messages: readonly ChatMessage[],
  { prefill, unsigned }: Pick<ClaudeTraits, "prefill" | "unsigned">,
  model: string,
  warnings: Warning[],
): WireMessages {
  const known = rulesForModel(ANTHROPIC_HISTORY, model);
  const rules = prefill ? known : { ...known, userLast: true as const };
  return new MessagesWriter(rules, unsigned, warnings).write(messages);
}

class MessagesWriter {
  readonly #rules: HistoryRules;
  readonly #unsigned: boolean;
  readonly #warnings: Warning[];
  readonly #turns = new Turns();
  readonly #system: TextPart[] = [];
  #plainSystem: string | undefined;
  #container: JsonObject | undefined;

  constructor(rules: HistoryRules, unsigned: boolean, warnings: Warning[]) {
    this.#rules = rules;
    this.#unsigned = unsigned;
    this.#warnings = warnings;
  }

  write(messages: readonly ChatMessage[]): WireMessages {
    const prepared = prepareHistory(messages, this.#rules, this.#warnings);
    for (const [index, message] of prepared.messages.entries())
      this.#message(message, prepared.paths[index] ?? "messages");
    const left = this.#turns.trimEnd();
    if (left) this.#warn("messages", "blanks at the end were left out: Anthropic refuses them in a text to go on from");
    const system = this.#plainSystem ?? this.#system.map((part) => writeText(part));
    return {
      ...(system.length > 0 && { system }),
      messages: this.#turns.messages,
      ...(this.#container !== undefined && { container: this.#container }),
    };
  }

  #message(message: ChatMessage, path: string): void {
    switch (message.role) {
      case "system":
        this.#systemMessage(message.content, path);
        return;
      case "user":
        this.#user(message.content, path);
        return;
      case "assistant":
        if (typeof message.content === "string") this.#turns.addText("assistant", message.content);
        else this.#assistant(message.content, path);
        return;
      case "tool":
        for (const part of resultsOf(message)) this.#turns.addResult(writeResult(part));
        return;
      default:
        message satisfies never;
    }
  }

  #systemMessage(content: string | TextPart[], path: string): void {
    if (this.#turns.messages.length > 0) {
      this.#warn(path, "moved before the conversation, where Anthropic takes instructions");
    }
    const parts: TextPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
    this.#plainSystem = typeof content === "string" && this.#system.length === 0 ? content : undefined;
    this.#system.push(...parts.filter((part) => part.text.trim() !== ""));
    if (this.#plainSystem?.trim() === "") this.#plainSystem = undefined;
  }

  #user(content: string | (TextPart | FilePart)[], path: string): void {
    if (typeof content === "string") {
      this.#turns.addText("user", content);
      return;
    }
    for (const [index, part] of content.entries()) {
      if (part.type === "file") this.#turns.addBlock("user", writeFile(part, `${path}.content[${index}]`));
      else if (!isBlank(part)) this.#turns.addBlock("user", writeText(part));
    }
  }

  #assistant(parts: readonly AssistantPart[], path: string): void {
    const unsigned = this.#unsigned && parts.some(isOwnCall);
    /** The last text, which the sources after it belong to. */
    let cited: JsonObject | undefined;
    for (const [index, part] of parts.entries()) {
      const field = `${path}.content[${index}]`;
      if (part.type === "source") {
        if (cited !== undefined && ownData(part.source.opaque) !== undefined)
          addCitation(cited, writeCitation(part.source));
        continue;
      }
      const thought = unsigned && part.type === "reasoning" && part.opaque === undefined;
      const block = thought
        ? { type: "thinking", thinking: part.text, signature: "" }
        : this.#assistantBlock(part, field);
      cited = part.type === "text" ? block : undefined;
      if (block !== undefined) this.#turns.addBlock("assistant", block);
    }
  }

  #assistantBlock(part: Exclude<AssistantPart, { type: "source" }>, field: string): JsonObject | undefined {
    switch (part.type) {
      case "text":
        return isBlank(part) ? undefined : writeText(part);
      case "reasoning": {
        const own = ownData(part.opaque);
        if (own === undefined) return this.#leaveOut(field, "reasoning that Anthropic did not sign");
        return own.type === "thinking" ? { ...own, thinking: part.text } : own;
      }
      case "tool-call":
        return this.#call(part, field);
      case "tool-result": {
        const own = ownData(part.opaque);
        if (own === undefined) return this.#leaveOut(field, "the result of a tool that another provider ran");
        return { ...own, tool_use_id: part.callId, content: part.output, ...writeCache(part.cache) };
      }
      case "file":
        return this.#leaveOut(field, "Anthropic has no files in an assistant's message");
      case "input-request":
        return undefined;
      case "opaque":
        return this.#opaque(part.opaque, field);
      default:
        return part satisfies never;
    }
  }

  #call(part: ToolCallPart, field: string): JsonObject | undefined {
    const { callId, name, input, providerExecuted, opaque, cache } = part;
    const own = ownData(opaque);
    if (providerExecuted && own === undefined) return this.#leaveOut(field, "a tool that another provider ran");
    return {
      ...(own ?? { type: "tool_use" }),
      id: callId,
      name,
      input: inputObject(input),
      ...writeCache(cache),
    };
  }

  #opaque(opaque: Opaque, field: string): JsonObject | undefined {
    const own = ownData(opaque);
    if (own === undefined) return this.#leaveOut(field, `state of ${opaque.dialect}`);
    if (own.type !== "container") return own;
    const { type: _, ...container } = own;
    this.#container = container;
    return undefined;
  }

  #leaveOut(field: string, why: string): undefined {
    this.#warn(field, `left out: ${why}`);
  }

  #warn(field: string, message: string): void {
    this.#warnings.push({ field, message });
  }
}

function writeText({ text, opaque, cache }: TextPart): JsonObject {
  const own = ownData(opaque);
  return { ...(own ?? { type: "text", text }), ...writeCache(cache) };
}

/** A call of a tool that the client ran. */
function isOwnCall(part: AssistantPart): boolean {
  return part.type === "tool-call" && part.providerExecuted === undefined;
}

/** The API refuses texts of nothing but blanks, whose loss means nothing. */
function isBlank({ text, opaque }: TextPart): boolean {
  return text.trim() === "" && ownData(opaque) === undefined;
}

function writeResult({ callId, output, isError, opaque, cache }: ToolResultPart): JsonObject {
  const content = writeToolOutput(output);
  return {
    type: "tool_result",
    tool_use_id: callId,
    ...(content !== "" && { content }),
    ...(isError && { is_error: true }),
    ...ownData(opaque),
    ...writeCache(cache),
  };
}

function addCitation(block: JsonObject, citation: JsonObject): void {
  block.citations = [...(Array.isArray(block.citations) ? block.citations : []), citation];
}
