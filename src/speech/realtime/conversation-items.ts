import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { fromDataUrl } from "../../dialects/data-url.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { RealtimeRefusal } from "./realtime-error.js";

/** Part of a message item. */
type ItemContent =
  | { type: "input_text"; text: string }
  /** `silentMs`: nobody said anything for so long. */
  | { type: "input_audio"; transcript: string | null; silentMs?: number }
  | { type: "input_image"; image_url: string }
  | { type: "output_text"; text: string }
  | { type: "output_audio"; transcript: string };

/** An entry of a realtime conversation. */
export type RealtimeItem = { id: string; status: "in_progress" | "completed" | "incomplete" } & (
  | { type: "message"; role: "user" | "assistant" | "system"; content: ItemContent[] }
  | { type: "function_call"; call_id: string; name: string; arguments: string }
  | { type: "function_call_output"; call_id: string; output: string }
);

/** Items that a conversation keeps; the oldest are dropped for new ones. */
const MAX_ITEMS = 1_000;

/** The items of a realtime conversation, in order. */
export class ConversationItems {
  readonly #items: RealtimeItem[] = [];

  get list(): readonly RealtimeItem[] {
    return this.#items;
  }

  /** @throws {RealtimeRefusal} `item_not_found`. */
  find(id: string, param = "item_id"): RealtimeItem {
    const found = this.#items.find((item) => item.id === id);
    if (found !== undefined) return found;
    throw new RealtimeRefusal("item_not_found", `there is no item ${JSON.stringify(id)} in the conversation`, param);
  }

  /**
   * Adds an item.
   *
   * @param after the item before it; `root` for the beginning; the last where it is absent.
   * @returns what was dropped for it, and the id of the item before it.
   * @throws {RealtimeRefusal} `item_not_found`; `invalid_value` for an id that is taken.
   */
  add(item: RealtimeItem, after?: string): { previous: string | null; dropped: RealtimeItem[] } {
    if (this.#items.some(({ id }) => id === item.id))
      throw new RealtimeRefusal("invalid_value", `there is an item ${JSON.stringify(item.id)} already`, "item.id");
    let at = this.#items.length;
    if (after === "root") at = 0;
    else if (after !== undefined) at = this.#items.indexOf(this.find(after, "previous_item_id")) + 1;
    this.#items.splice(at, 0, item);
    const dropped = this.#items.splice(0, Math.max(0, this.#items.length - MAX_ITEMS));
    return { previous: this.#items[this.#items.indexOf(item) - 1]?.id ?? null, dropped };
  }

  /** The id of the last item. */
  get last(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  /** @throws {RealtimeRefusal} `item_not_found`. */
  delete(id: string): void {
    this.#items.splice(this.#items.indexOf(this.find(id)), 1);
  }
}

/** An item as events carry it. */
export function itemObject(item: RealtimeItem): JsonObject {
  if (item.type !== "message") return { object: "realtime.item", ...item };
  const content = item.content.map(({ ...part }) => {
    if (part.type === "input_audio") delete part.silentMs;
    return part;
  });
  return { object: "realtime.item", ...item, content };
}

/** Reads a client's item. @throws {RealtimeRefusal} `invalid_value` with what is wrong. */
export function readItem(value: unknown, newId: string): RealtimeItem {
  if (!isJsonObject(value)) throw bad("item", "an object");
  const { type, id, call_id: callId } = value;
  if (id !== undefined && (typeof id !== "string" || id === "")) throw bad("item.id", "a string that is not empty");
  const own = { id: id ?? newId, status: "completed" } as const;
  if (type === "function_call_output") {
    if (typeof callId !== "string") throw bad("item.call_id", "that of a function call");
    if (typeof value.output !== "string") throw bad("item.output", "a string");
    return { ...own, type, call_id: callId, output: value.output };
  }
  if (type === "function_call") {
    if (typeof value.name !== "string" || typeof value.arguments !== "string")
      throw bad("item", "a name and arguments");
    return {
      ...own,
      type,
      call_id: typeof callId === "string" ? callId : newId,
      name: value.name,
      arguments: value.arguments,
    };
  }
  if (type !== "message") throw bad("item.type", "message, function_call or function_call_output");
  const { role, content } = value;
  if (role !== "user" && role !== "assistant" && role !== "system") throw bad("item.role", "user, assistant or system");
  if (!Array.isArray(content)) throw bad("item.content", "a list");
  return {
    ...own,
    type,
    role,
    content: content.map((part, index) => readContent(part, role, `item.content[${index}]`)),
  };
}

function readContent(part: unknown, role: "user" | "assistant" | "system", path: string): ItemContent {
  const { type, text, image_url: image } = isJsonObject(part) ? part : {};
  if (role === "assistant" && (type === "output_text" || type === "text") && typeof text === "string")
    return { type: "output_text", text };
  if (role !== "assistant" && type === "input_text" && typeof text === "string") return { type, text };
  if (role === "user" && type === "input_image" && typeof image === "string") return { type, image_url: image };
  if (role === "user" && type === "input_audio")
    throw bad(path, "text or an image; audio goes through the input buffer");
  throw bad(path, role === "assistant" ? "output_text with a text" : "input_text with a text");
}

function bad(param: string, allowed: string): RealtimeRefusal {
  return new RealtimeRefusal("invalid_value", `${param}: allowed is ${allowed}`, param);
}

/** A conversation's items as a model is asked with them; items without words are left out. */
export function messagesOf(items: readonly RealtimeItem[], instructions: string): ChatMessage[] {
  const messages: ChatMessage[] = instructions === "" ? [] : [{ role: "system", content: instructions }];
  const names = new Map<string, string>();
  for (const item of items) {
    switch (item.type) {
      case "message":
        addMessage(messages, item);
        break;
      case "function_call":
        names.set(item.call_id, item.name);
        addToAssistant(messages, {
          type: "tool-call",
          callId: item.call_id,
          name: item.name,
          ...inputOf(item.arguments),
        });
        break;
      case "function_call_output": {
        const name = names.get(item.call_id);
        // A result of no call is refused by every service.
        if (name === undefined) break;
        const result = { type: "tool-result", callId: item.call_id, name, output: outputOf(item.output) } as const;
        const last = messages.at(-1);
        if (last?.role === "tool") last.content.push(result);
        else messages.push({ role: "tool", content: [result] });
        break;
      }
      default:
        item satisfies never;
    }
  }
  return messages;
}

function addMessage(messages: ChatMessage[], { role, content }: Extract<RealtimeItem, { type: "message" }>): void {
  const text = content.map(wordsOf).join("");
  if (role === "assistant") {
    if (text !== "") addToAssistant(messages, { type: "text", text });
    return;
  }
  if (role === "system") {
    if (text !== "") messages.push({ role, content: text });
    return;
  }
  const parts = content.flatMap((part): (TextPart | FilePart)[] => {
    if (part.type === "input_image") return [imagePart(part.image_url)];
    const words = wordsOf(part);
    return words === "" ? [] : [{ type: "text", text: words }];
  });
  if (parts.length > 0) messages.push({ role, content: parts.some(({ type }) => type === "file") ? parts : text });
}

function addToAssistant(messages: ChatMessage[], part: AssistantPart): void {
  const last = messages.at(-1);
  if (last?.role === "assistant" && typeof last.content !== "string") last.content.push(part);
  else messages.push({ role: "assistant", content: [part] });
}

function wordsOf(content: ItemContent): string {
  if ("text" in content) return content.text;
  // Models that are asked with nothing new answer nothing new.
  if (content.type === "input_audio" && content.silentMs !== undefined)
    return `(${Math.round(content.silentMs / 1_000)} seconds of silence)`;
  return "transcript" in content ? (content.transcript ?? "") : "";
}

function imagePart(url: string): FilePart {
  const inlined = fromDataUrl(url);
  return { type: "file", mediaType: inlined?.mediaType ?? "image/*", data: inlined?.data ?? { url } };
}

function inputOf(text: string): { input: JsonValue; invalid?: true } {
  try {
    return { input: parseJson(text === "" ? "{}" : text) };
  } catch {
    return { input: text, invalid: true };
  }
}

function outputOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
