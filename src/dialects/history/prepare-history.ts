import { isJsonObject, type JsonValue } from "../../base/json.js";
import { wellFormed, wellFormedJson } from "../../base/well-formed.js";
import type { Warning } from "../../stream/chat-event.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type {
  AssistantMessage,
  AssistantPart,
  ChatMessage,
  FilePart,
  SystemMessage,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserMessage,
} from "../../stream/message.js";
import { inputObject } from "../tool-input.js";
import { isOwnState, isPlainText, isSame, plain } from "./answer-content.js";
import { type AnswerGroup, gatherAnswer } from "./answer-groups.js";
import { CallIds, fitted } from "./call-ids.js";
import type { HistoryRules } from "./history-rules.js";
import { ProviderCalls } from "./provider-calls.js";
import { sentOutput } from "./result-content.js";

/** What a call is answered with whose tool did not run, or whose result was lost. */
export const NO_RESULT = "There is no result: the call was interrupted.";

/** What stands for an answer that was to come after results of tools. */
const INTERRUPTED = "(The answer was interrupted.)";

/** What stands for the beginning of a conversation that begins with an answer. */
const EARLIER = "(The conversation before this was left out.)";

/** What asks a model to go on from an answer at the end. */
const GO_ON = "Go on.";

/** A history that a service takes. */
export interface PreparedHistory {
  messages: ChatMessage[];
  /** Where each message comes from, for warnings: `messages[3]`. */
  paths: string[];
}

/**
 * A history as a service takes it, whoever wrote it and wherever it was cut: no empty answer, no thought without what it led
 * to, each call with one result right after it, arguments that are JSON objects, ids and names as the service allows, no
 * lone surrogates. What is changed is a warning; a history without fault comes back part by part as it was.
 *
 * The cost is linear in the history.
 *
 * @throws {SluiceError} `invalid-argument` for a history of which nothing is left to send.
 */
export function prepareHistory(
  messages: readonly ChatMessage[],
  rules: HistoryRules,
  warnings: Warning[],
): PreparedHistory {
  const history = new History(messages, rules, warnings);
  const known = warnings.length;
  for (let index = 0; index < messages.length; ) index = history.add(messages, index);
  if (rules.userLast) history.endWithUser();
  const isSent = history.prepared.messages.some(({ role }) => role !== "system" || rules.userFirst === undefined);
  if (!isSent && messages.length > 0) throw nothingToSend(warnings.slice(known));
  return history.prepared;
}

function nothingToSend(warnings: readonly Warning[]): SluiceError {
  const [why = ""] = warnings.map(({ field, message }) => ` (${field} is ${message})`);
  const message = `messages: found nothing that can be sent${why}; allowed: a message with content, beside instructions`;
  return new SluiceError("invalid-argument", message, { field: "messages" });
}

class History {
  readonly prepared: PreparedHistory = { messages: [], paths: [] };
  readonly #rules: HistoryRules;
  readonly #warnings: Warning[];
  readonly #ids: CallIds;
  readonly #providerCalls: ProviderCalls | undefined;
  #instructed = true;

  constructor(messages: readonly ChatMessage[], rules: HistoryRules, warnings: Warning[]) {
    this.#providerCalls = rules.pairedCalls && new ProviderCalls(messages);
    this.#rules = rules;
    this.#warnings = warnings;
    this.#ids = new CallIds(rules.callIds);
  }

  /** Takes the message at an index, and what belongs to it; returns the index after that. */
  add(messages: readonly ChatMessage[], index: number): number {
    const message = messages[index];
    const path = `messages[${index}]`;
    if (message === undefined) return messages.length;
    if (message.role === "assistant") return this.#addAnswer(messages, index, message);
    if (message.role === "tool") {
      for (const part of message.content) {
        if (part.type === "tool-result") this.#warn(path, `left out: a result of no call (${part.callId})`);
      }
    } else this.#addOther(message, path, index === messages.length - 1);
    return index + 1;
  }

  /** Asks the model to go on where the last word is its own. */
  endWithUser(): void {
    const path = this.prepared.paths.at(-1);
    const last = this.prepared.messages.at(-1);
    if (path === undefined || last?.role !== "assistant") return;
    // The provider goes on with its own call by itself.
    if (typeof last.content !== "string" && last.content.some((part) => this.#providerCalls?.isOpen(part))) return;
    this.#warn(path, "a user's message is put after the answer it ends with");
    this.#append({ role: "user", content: GO_ON }, path);
  }

  #addAnswer(messages: readonly ChatMessage[], index: number, message: AssistantMessage): number {
    const path = `messages[${index}]`;
    const { groups, strays, others, end } = gatherAnswer(messages, index, message);
    if (groups.length === 0) this.#warn(path, "left out: an answer without content");
    const whole = groups.length === 1;
    const isLast = end === messages.length && others.length === 0;
    for (const group of groups) {
      // A provider goes on with its calls where the answer is the last word, or the client's results are.
      const goesOn = (isLast && group === groups.at(-1)) || group.results.length > 0;
      this.#addGroup(group, path, whole ? message : undefined, goesOn);
    }
    for (const { callId } of strays) {
      this.#warn(path, `left out: a result of no call, or a second result of one (${callId})`);
    }
    for (const other of others) {
      this.#addOther(other.message, `messages[${other.index}]`, other.index === messages.length - 1);
    }
    return end;
  }

  /**
   * @param whole the message, where the group is all of it.
   * @param goesOn whether the answer is still being made.
   */
  #addGroup(group: AnswerGroup, path: string, whole: AssistantMessage | undefined, goesOn: boolean): void {
    const ids = new Map<ToolCallPart, string>();
    for (const { call } of group.results)
      ids.set(call, call.providerExecuted ? call.callId : this.#ids.next(call.callId));
    const paired = group.parts.filter((part) => this.#isPaired(part, path, goesOn));
    const kept = this.#kept(paired, path);
    const parts = kept.map((part) => this.#answerPart(part, ids, path));
    if (parts.length === 0) return;
    const same = whole !== undefined && isSame(whole.content, parts);
    const { cache: _, ...message }: AssistantMessage & { cache?: unknown } = whole ?? {
      role: "assistant",
      content: [],
    };
    this.#push(same ? whole : { ...message, content: plain(whole, parts) }, path);
    const results = group.results.map(({ call, result }) => this.#result(call, result, ids.get(call) ?? "", path));
    if (results.length > 0) this.#push({ role: "tool", content: results }, path);
  }

  /** Whether a part is no half of what this service did: a call without its result, or the other way round. */
  #isPaired(part: AssistantPart, path: string, goesOn: boolean): boolean {
    if ((part.type !== "tool-call" && part.type !== "tool-result") || !this.#isOwn(part)) return true;
    const open = !goesOn && this.#providerCalls?.isOpen(part);
    if (!open && !this.#providerCalls?.isStray(part)) return true;
    this.#warn(path, `left out: ${part.name} of the provider, without its ${open ? "result" : "call"}`);
    return false;
  }

  /** The parts that a service is sent: no thought that led to nothing. */
  #kept(parts: readonly AssistantPart[], path: string): AssistantPart[] {
    const sendable = parts.filter((part) => part.type !== "input-request" && !isOwnState(part));
    const last = sendable.findLastIndex((part) => this.#isContent(part));
    if (last === -1) {
      if (sendable.some((part) => part.type === "reasoning")) {
        this.#warn(path, "left out: reasoning that led to no answer");
      } else if (parts.length > 0 && sendable.length === parts.length) {
        this.#warn(path, "left out: an answer without content");
      }
      return [];
    }
    if (this.#rules.noTrailingReasoning === undefined) return sendable;
    return sendable.filter((part, index) => {
      if (index < last || part.type !== "reasoning") return true;
      this.#warn(path, "left out: reasoning after which nothing came");
      return false;
    });
  }

  #isContent(part: AssistantPart): boolean {
    switch (part.type) {
      case "text":
        return part.text.trim() !== "" || this.#isOwn(part);
      case "tool-call":
        return part.providerExecuted === undefined || this.#isOwn(part);
      case "tool-result":
      case "opaque":
        return this.#isOwn(part);
      case "file":
        return this.#rules.filesInAnswers === true || this.#isOwn(part);
      case "reasoning":
      case "source":
      case "input-request":
        return false;
      default:
        return part satisfies never;
    }
  }

  #isOwn({ opaque }: Pick<TextPart, "opaque">): boolean {
    return opaque?.dialect === this.#rules.dialect;
  }

  #answerPart(part: AssistantPart, ids: ReadonlyMap<ToolCallPart, string>, path: string): AssistantPart {
    switch (part.type) {
      case "text":
      case "reasoning":
        return this.#mendedText(part, path);
      case "tool-call":
        return this.#call(part, ids.get(part) ?? part.callId, path);
      default:
        return part;
    }
  }

  #call(call: ToolCallPart, callId: string, path: string): ToolCallPart {
    const name = this.#name(call.name, path);
    const input = call.providerExecuted ? call.input : this.#input(call, path);
    if (callId === call.callId && name === call.name && input === call.input) return call;
    if (callId !== call.callId) this.#warn(path, `the id of call ${call.callId} is sent as ${callId}`);
    const { invalid: _, ...rest } = call;
    return { ...rest, callId, name, input };
  }

  /** Services take arguments that are an object: anything else is put into one. */
  #input(call: ToolCallPart, path: string): JsonValue {
    const { input } = call;
    if (isJsonObject(input)) return this.#mendedJson(input, path);
    if (this.#rules.anyArguments || (this.#isOwn(call) && isPlainText(call)))
      return typeof input === "string" ? this.#mendedJson(input, path) : input;
    if (input === null) return {};
    this.#warn(path, `arguments of ${call.name} that are no JSON object are sent inside one`);
    return wellFormedJson(inputObject(input));
  }

  #result(call: ToolCallPart, result: ToolResultPart | undefined, callId: string, path: string): ToolResultPart {
    const name = this.#allowedName(call.name);
    if (result === undefined) {
      this.#warn(path, `call ${call.callId} has no result: it is sent with an error in its place`);
      return { type: "tool-result", callId, name, output: NO_RESULT, isError: true };
    }
    const { output: sent, isError } = sentOutput(result, this.#rules, (what) =>
      this.#warn(path, `left out of the result of ${call.name}: ${what}, which this service does not take there`),
    );
    const output = this.#mendedJson(sent, path);
    if (result.callId === callId && result.name === name && result.output === output) return result;
    return { ...result, callId, name, output, ...(isError && { isError }) };
  }

  #name(name: string, path: string): string {
    const allowed = this.#allowedName(name);
    if (allowed !== name) this.#warn(path, `the tool ${JSON.stringify(name)} is sent as ${allowed}`);
    return allowed;
  }

  #allowedName(name: string): string {
    return fitted(wellFormed(name), this.#rules.toolNames ?? {}) || "tool";
  }

  /** What the user or the instructions say. Where more follows, a message that says nothing is left out. */
  #addOther(message: SystemMessage | UserMessage, path: string, isLast: boolean): void {
    if (message.role === "system" || !this.#isEmpty(message)) this.#push(this.#mended(message, path), path);
    else if (isLast) throw invalid(`${path}.content`, message.content, "text that is not blank, or a file");
    else this.#warn(path, "left out: a message without content");
  }

  #isEmpty({ content }: UserMessage): boolean {
    if (typeof content === "string") return this.#isRefused(content);
    return content.every((part) => part.type === "text" && this.#isRefused(part.text) && !this.#isOwn(part));
  }

  #isRefused(text: string): boolean {
    const { refusedTexts } = this.#rules;
    return refusedTexts !== undefined && (refusedTexts === "blank" ? text.trim() : text) === "";
  }

  #mended(message: SystemMessage | UserMessage, path: string): ChatMessage {
    const { content } = message;
    if (typeof content === "string") {
      const text = this.#mendedString(content, path);
      return text === content ? message : { ...message, content: text };
    }
    const parts = content.map((part): TextPart | FilePart =>
      part.type === "text" ? this.#mendedText(part, path) : part,
    );
    return parts.some((part, index) => part !== content[index])
      ? ({ ...message, content: parts } as ChatMessage)
      : message;
  }

  #mendedText<P extends { text: string }>(part: P, path: string): P {
    const text = this.#mendedString(part.text, path);
    return text === part.text ? part : { ...part, text };
  }

  #mendedString(text: string, path: string): string {
    const mended = wellFormed(text);
    if (mended !== text) this.#warnOfHalves(path);
    return mended;
  }

  #mendedJson<T extends JsonValue>(value: T, path: string): T {
    const mended = wellFormedJson(value);
    if (mended !== value) this.#warnOfHalves(path);
    return mended;
  }

  #warnOfHalves(path: string): void {
    this.#warn(path, "half of a surrogate pair is sent as U+FFFD");
  }

  #push(message: ChatMessage, path: string): void {
    const { answerAfterResults, userFirst } = this.#rules;
    if (answerAfterResults && message.role === "user" && this.prepared.messages.at(-1)?.role === "tool") {
      this.#warn(path, "an answer is put between the results of tools and what the user says");
      this.#append({ role: "assistant", content: INTERRUPTED }, path);
    }
    if (userFirst && message.role === "assistant" && this.#instructed) {
      this.#warn(path, "a user's message is put before the answer it begins with");
      this.#append({ role: "user", content: EARLIER }, path);
    }
    if (message.role !== "system") this.#instructed = false;
    this.#append(message, path);
  }

  #append(message: ChatMessage, path: string): void {
    this.prepared.messages.push(message);
    this.prepared.paths.push(path);
  }

  #warn(field: string, message: string): void {
    this.#warnings.push({ field, message });
  }
}
