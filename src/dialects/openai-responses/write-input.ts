import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type {
  AssistantMessage,
  AssistantPart,
  ChatMessage,
  ReasoningPart,
  SystemMessage,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserMessage,
} from "../../stream/message.js";
import { resultsOf } from "../../stream/message.js";
import { inputText } from "../../stream/tool-text.js";
import { RESPONSES_HISTORY } from "../history/history-rules.js";
import { prepareHistory } from "../history/prepare-history.js";
import { writeAnnotation } from "./annotations.js";
import { ownFields } from "./cache-breakpoint.js";
import { isSealed } from "./items.js";
import { ownData, RESPONSES } from "./opaque.js";
import { writeToolOutput } from "./tool-output.js";
import { writeFile } from "./write-file.js";

/** How messages are written for one request. */
export interface InputContext {
  /** The role of instructions: `developer` for reasoning models. */
  systemRole: "system" | "developer";
  /** Whether the provider keeps earlier answers: then reasoning without content is known to it by its id. */
  stored: boolean;
  warnings: Warning[];
}

/** Messages as the items of a request's input. */
export function writeInput(messages: readonly ChatMessage[], context: InputContext): JsonValue[] {
  const calls = new Map<string, JsonObject>();
  const prepared = prepareHistory(messages, RESPONSES_HISTORY, context.warnings);
  return prepared.messages.flatMap((message, index): JsonValue[] => {
    const path = prepared.paths[index] ?? "messages";
    switch (message.role) {
      case "system":
        return [writeSystem(message, context.systemRole)];
      case "user":
        return [writeUser(message, path, context.warnings)];
      case "assistant":
        return new AssistantItems(path, calls, context).write(message);
      case "tool":
        return resultsOf(message).map((part) => writeResult(part, calls.get(part.callId)));
      default:
        return message satisfies never;
    }
  });
}

function writeSystem({ content }: SystemMessage, role: string): JsonObject {
  if (typeof content === "string") return { role, content };
  return { role, content: content.map(writeText) };
}

function writeUser({ content, name }: UserMessage, path: string, warnings: Warning[]): JsonObject {
  if (name !== undefined) {
    warnings.push({ field: `${path}.name`, message: `not sent: ${RESPONSES} has no such field` });
  }
  if (typeof content === "string") return { role: "user", content };
  const parts = content.map((part, index) =>
    part.type === "text" ? writeText(part) : { ...writeFile(part, `${path}.content[${index}]`), ...ownFields(part) },
  );
  return { role: "user", content: parts };
}

function writeText(part: TextPart): JsonObject {
  return { type: "input_text", text: part.text, ...ownFields(part) };
}

/** Puts an assistant's message together: parts of one text after the other are one item, everything else is its own. */
class AssistantItems {
  readonly #path: string;
  /** The items of calls whose results need more than the plain form, by call id. */
  readonly #calls: Map<string, JsonObject>;
  readonly #context: InputContext;
  readonly #items: JsonObject[] = [];
  #message: JsonObject[] | undefined;
  /** Reasoning that was written where its text stands, before its state. */
  readonly #reported = new Set<JsonObject>();

  constructor(path: string, calls: Map<string, JsonObject>, context: InputContext) {
    this.#path = path;
    this.#calls = calls;
    this.#context = context;
  }

  write({ content }: AssistantMessage): JsonObject[] {
    if (typeof content === "string") return [{ role: "assistant", content }];
    for (const [index, part] of content.entries()) this.#part(part, `${this.#path}.content[${index}]`, content);
    return this.#sendable();
  }

  #part(part: AssistantPart, field: string, all: readonly AssistantPart[]): void {
    switch (part.type) {
      case "text": {
        const own = ownData(part.opaque);
        if (own?.type === "message") this.#openMessage(own);
        if (part.text === "") return;
        const written = part.refusal
          ? { type: "refusal", refusal: part.text }
          : { type: "output_text", text: part.text, annotations: [] };
        this.#texts().push(written);
        return;
      }
      case "input-request":
        return;
      case "source":
        if (ownData(part.source.opaque) !== undefined || part.source.url !== undefined) this.#annotate(part.source);
        return;
      case "reasoning":
        this.#reasoning(part, field, all);
        return;
      case "tool-call":
        this.#call(part, field, all);
        return;
      case "tool-result":
        this.#result(part, field);
        return;
      case "file":
        if (ownData(part.opaque) === undefined) this.#leaveOut(field, "a file in an assistant's message");
        return;
      case "opaque": {
        const own = ownData(part.opaque);
        if (own === undefined) this.#leaveOut(field, `state of ${part.opaque.dialect}`);
        else this.#item(own);
        return;
      }
      default:
        part satisfies never;
    }
  }

  /** The API refuses messages without content, and reasoning without the item that it led to. */
  #sendable(): JsonObject[] {
    for (const { type, id, content } of this.#items) {
      // A stored message that the provider knows by its id is what its reasoning led to, empty as it was.
      const known = type === "message" && id !== undefined && this.#context.stored;
      if (known && isEmptyList(content)) content.push({ type: "output_text", text: "", annotations: [] });
    }
    const items = this.#items.map(plainMessage).filter(({ type, content }) => type !== "message" || !isEmpty(content));
    while (items.at(-1)?.type === "reasoning") {
      items.pop();
      this.#leaveOut(this.#path, "reasoning after which nothing came");
    }
    return items;
  }

  #openMessage(fields: JsonObject): void {
    this.#message = [];
    this.#items.push({ ...fields, role: "assistant", content: this.#message });
  }

  #texts(): JsonObject[] {
    if (this.#message === undefined) this.#openMessage({ type: "message" });
    return this.#message ?? [];
  }

  #annotate(source: Parameters<typeof writeAnnotation>[0]): void {
    const annotations = this.#message?.at(-1)?.annotations;
    if (Array.isArray(annotations)) annotations.push(writeAnnotation(source));
  }

  #item(item: JsonObject): void {
    this.#message = undefined;
    this.#items.push(item);
  }

  #reasoning(part: ReasoningPart, field: string, all: readonly AssistantPart[]): void {
    const own = ownData(part.opaque);
    if (own !== undefined) {
      if (!this.#reported.has(own)) this.#reasoningItem(own, field);
      return;
    }
    const after = all.slice(all.indexOf(part) + 1);
    // The texts of an item stand before the part with its state, which has them all.
    const next = after.find((other) => other.type !== "reasoning" || other.opaque);
    if (next?.type === "reasoning" && ownData(next.opaque) !== undefined) return;
    const state = after.flatMap((other) => reasoningIn(other)).find((item) => saysText(item, part.text));
    if (state === undefined) this.#leaveOut(field, "reasoning of which the provider has no record");
    else if (!this.#reported.has(state)) {
      this.#reported.add(state);
      this.#reasoningItem(state, field);
    }
  }

  #reasoningItem(item: JsonObject, field: string): void {
    if (!isSealed(item) && !this.#context.stored) {
      this.#leaveOut(field, "reasoning without its encrypted content, which a provider that keeps nothing cannot know");
      return;
    }
    // How far it was is no part of what goes back: stricter services refuse it.
    const { status: _, ...sent } = item;
    this.#item(sent);
  }

  #call(part: ToolCallPart, field: string, all: readonly AssistantPart[]): void {
    const { callId, name, input, providerExecuted } = part;
    const own = ownData(part.opaque);
    if (own !== undefined) this.#calls.set(callId, own);
    if (own?.type === "custom_tool_call") {
      const text = typeof input === "string" ? input : JSON.stringify(input);
      this.#item({ ...own, call_id: callId, name, input: text });
    } else if (own !== undefined && own.type !== "function_call") {
      this.#item(typeof own.call_id === "string" ? { ...own, call_id: callId } : own);
    } else if (providerExecuted) {
      const result = all.find((other) => other.type === "tool-result" && other.callId === callId);
      const known = result?.type === "tool-result" && ownData(result.opaque) !== undefined;
      if (!known) this.#leaveOut(field, "a tool that another provider ran");
    } else {
      this.#item({ type: "function_call", ...own, call_id: callId, name, arguments: inputText(part) });
    }
  }

  #result(part: ToolResultPart, field: string): void {
    const own = ownData(part.opaque);
    if (own !== undefined) this.#item(own);
    else if (part.providerExecuted) this.#leaveOut(field, "a tool that another provider ran");
    else this.#item(writeResult(part, this.#calls.get(part.callId)));
  }

  #leaveOut(field: string, what: string): void {
    this.#context.warnings.push({ field, message: `left out: ${what}` });
  }
}

/** A message that says nothing but a text, as a text: others than OpenAI take lists only with an id and a status. */
function plainMessage(item: JsonObject): JsonObject {
  const { type, role, content, ...more } = item;
  if (type !== "message" || !Array.isArray(content) || content.length !== 1 || Object.keys(more).length > 0)
    return item;
  const [only] = content;
  if (!isJsonObject(only) || only.type !== "output_text" || typeof only.text !== "string") return item;
  return isEmptyList(only.annotations) ? { type, role: role ?? "assistant", content: only.text } : item;
}

/** Whether content has no part, or is a text of blanks. */
function isEmpty(content: JsonValue | undefined): boolean {
  return typeof content === "string" ? content.trim() === "" : isEmptyList(content);
}

function isEmptyList(value: JsonValue | undefined): value is JsonValue[] {
  return Array.isArray(value) && value.length === 0;
}

/** The state of a part that is reasoning, and of this protocol. */
function reasoningIn(part: AssistantPart): JsonObject[] {
  const own = part.type === "reasoning" ? ownData(part.opaque) : undefined;
  return own === undefined ? [] : [own];
}

/** Whether a text is one of an item of reasoning: where items overlap, others stand between it and the item's state. */
function saysText({ summary, content }: JsonObject, text: string): boolean {
  const texts = [summary, content].flatMap((list) => (Array.isArray(list) ? list.filter(isJsonObject) : []));
  return texts.some((part) => part.text === text);
}

/** What a tool of the client's returned, in the form that the item of its call asks for. */
function writeResult(part: ToolResultPart, call: JsonObject | undefined): JsonObject {
  const own = ownData(part.opaque);
  if (own !== undefined) return own;
  const { callId, output } = part;
  const fields = isJsonObject(output) ? output : undefined;
  // A call that a program of the provider's made: the result goes to the program.
  const caller = call?.caller === undefined ? {} : { caller: call.caller };
  switch (call?.type) {
    case "custom_tool_call":
      return { type: "custom_tool_call_output", call_id: callId, ...caller, output: writeToolOutput(output) };
    case "mcp_approval_request":
      return {
        type: "mcp_approval_response",
        approval_request_id: callId,
        ...(fields ?? { approve: output === true }),
      };
    case "shell_call":
      return { type: "shell_call_output", call_id: callId, ...caller, ...(fields ?? { output }) };
    case "apply_patch_call":
      return { type: "apply_patch_call_output", call_id: callId, ...caller, ...(fields ?? patchOutput(part)) };
    case "computer_call":
      return { type: "computer_call_output", call_id: callId, ...(fields?.output === undefined ? { output } : fields) };
    case "tool_search_call":
      return { type: "tool_search_output", call_id: callId, execution: "client", ...(fields ?? { tools: output }) };
    case "local_shell_call":
      return { type: "local_shell_call_output", id: callId, output: writeToolOutput(output) };
    default:
      return { type: "function_call_output", call_id: callId, ...caller, output: writeToolOutput(output) };
  }
}

function patchOutput({ output, isError }: ToolResultPart): JsonObject {
  return { status: isError ? "failed" : "completed", output: writeToolOutput(output) };
}
