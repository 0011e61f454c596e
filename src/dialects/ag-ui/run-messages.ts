import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { EmittedText } from "../emitted-text.js";
import { filledString } from "../filled-string.js";
import { readState } from "./state.js";

interface Message {
  id: string;
  kind: "text" | "reasoning";
  block: number;
  refusal: true | undefined;
  emitted: EmittedText;
  /** Whether it is another's: some servers repeat the user's message. */
  other: boolean;
}

/** The texts of a run: the model's, and what it thinks. */
export class RunMessages {
  readonly #messages = new Map<string, Message>();
  /** The message of the last piece, which one without an id goes on with. */
  #last: Message | undefined;
  #blocks = 0;

  begin(value: JsonObject, kind: Message["kind"]): Message {
    const { role } = value;
    const message: Message = {
      id: filledString(value.messageId) ?? `${kind}-${this.#blocks}`,
      kind,
      block: this.#blocks++,
      refusal: isJsonObject(value.metadata) && value.metadata.refusal === true ? true : undefined,
      emitted: new EmittedText(),
      other: kind === "text" && (role === "user" || role === "system" || role === "developer"),
    };
    this.#messages.set(message.id, message);
    this.#last = message;
    return message;
  }

  /** A piece. One of a message that did not begin is its beginning: no text is lost. */
  piece(value: JsonObject, kind: Message["kind"], emit: Emit): void {
    const id = filledString(value.messageId);
    const known = id === undefined ? this.#last : this.#messages.get(id);
    const message = known?.kind === kind ? known : this.begin(value, kind);
    this.#last = message;
    if (typeof value.delta === "string") this.#emitText(message, value.delta, emit);
  }

  /** State of a message. */
  state(id: string, encrypted: string, emit: Emit): void {
    const message = this.#messages.get(id);
    const { opaque = { dialect: "ag-ui", data: encrypted }, name } = readState(encrypted);
    if (message === undefined) return;
    const { kind, block, refusal } = message;
    if (name !== undefined) emit({ type: "data", name, value: opaque.data, opaque });
    else if (kind === "text") emit({ type: "text-delta", text: "", block, opaque, ...(refusal && { refusal }) });
    else emit({ type: "reasoning-delta", text: "", block, opaque });
  }

  /**
   * The messages as a server has them in the end: emits what of the texts after the last user's was not emitted. Returns false
   * where one of them is longer than what was emitted of it, and another.
   */
  complete(messages: JsonValue | undefined, emit: Emit): boolean {
    const answers = answersIn(messages);
    const wholes = answers.map(({ id, content }) => {
      const message = id === undefined ? undefined : this.#messages.get(id);
      return { id, content, message, rest: message?.emitted.restOf(content) };
    });
    if (wholes.some(({ message, rest }) => message !== undefined && rest === undefined)) return false;
    for (const { id, content, message, rest } of wholes) {
      if (message !== undefined) this.#emitText(message, rest ?? "", emit);
      else if (!this.#isEmitted(content)) {
        this.#emitText(this.begin({ ...(id !== undefined && { messageId: id }) }, "text"), content, emit);
      }
    }
    return true;
  }

  /** What was emitted is void. */
  forget(): void {
    this.#messages.clear();
    this.#last = undefined;
  }

  /** Whether a text was emitted under another id. */
  #isEmitted(text: string): boolean {
    return [...this.#messages.values()].some(({ emitted }) => emitted.equals(text));
  }

  #emitText(message: Message, text: string, emit: Emit): void {
    const { kind, block, refusal, emitted, other } = message;
    if (text === "" || other) return;
    emitted.push(text);
    if (kind === "reasoning") emit({ type: "reasoning-delta", text, block });
    else emit({ type: "text-delta", text, block, ...(refusal && { refusal }) });
  }
}

/** What the assistant says after the last user's message. */
function answersIn(messages: JsonValue | undefined): { id: string | undefined; content: string }[] {
  const list = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  const last = list.findLastIndex(({ role }) => role === "user");
  return list.slice(last + 1).flatMap(({ role, id, content }) => {
    if (role !== "assistant" || typeof content !== "string" || content === "") return [];
    return [{ id: filledString(id), content }];
  });
}
