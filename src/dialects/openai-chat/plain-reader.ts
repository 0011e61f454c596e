import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import { EmittedText } from "../emitted-text.js";
import { filledString } from "../filled-string.js";
import type { PlainReader } from "../in-parts.js";
import { hasOnly, objectIn } from "../plain-frame.js";
import { cutShort } from "./cut-short.js";
import { readUsage } from "./usage.js";

/** Where an answer stands of which nothing but text has come. */
export interface ReadText {
  /** That of its chunks; `undefined` before the first. */
  id: string | undefined;
  model: string;
  text: EmittedText;
  /** Whether it has its finish reason. */
  reason: PlainReason | undefined;
  usage: Usage;
}

type PlainReason = "stop" | "length";

/** Fields of a chunk that say only how it was made. */
const SILENT = ["created", "service_tier", "system_fingerprint", "obfuscation", "p"];
const CHUNK = [...SILENT, "id", "object", "model", "choices", "usage"];
const CHOICE = ["index", "delta", "finish_reason"];
const DELTA = ["role", "content"];

/** Reads a streamed chat completion while its chunks are as OpenAI sends them for text: a piece each, a reason, the usage. */
export class PlainChatReader implements PlainReader<ReadText> {
  readonly state: ReadText = { id: undefined, model: "", text: new EmittedText(), reason: undefined, usage: {} };
  #finished = false;

  get ending(): boolean {
    return this.state.reason !== undefined && !this.#finished;
  }

  push({ data, event }: Frame, emit: Emit): boolean {
    if (this.#finished) return true;
    if (data === "[DONE]" && this.ending) {
      this.end(emit);
      return true;
    }
    const chunk = event === undefined ? objectIn(data) : undefined;
    if (chunk === undefined || !this.#isPlain(chunk)) return false;
    const [choice] = chunk.choices;
    this.#start(chunk, emit);
    if (choice !== undefined) this.#choice(choice, emit);
    if (chunk.usage) {
      this.state.usage = readUsage(chunk.usage);
      emit({ type: "usage", usage: this.state.usage });
    }
    return true;
  }

  end(emit: Emit): void {
    if (this.#finished) return;
    const { reason, usage } = this.state;
    if (reason === undefined) throw cutShort();
    this.#finished = true;
    emit({ type: "finish", reason, usage });
  }

  #isPlain(chunk: JsonObject): chunk is JsonObject & PlainChunk {
    if (!hasOnly(chunk, CHUNK) || (chunk.object ?? "chat.completion.chunk") !== "chat.completion.chunk") return false;
    const { id, choices, usage } = chunk;
    if (filledString(id) === undefined || (this.state.id ?? id) !== id || !Array.isArray(choices)) return false;
    const hasUsage = isJsonObject(usage);
    if (!hasUsage && (usage ?? null) !== null) return false;
    if (choices.length === 0) return hasUsage && this.state.id !== undefined;
    // What comes after the end may be an answer once more.
    return choices.length === 1 && !this.ending && isPlainChoice(choices[0]);
  }

  #start({ id, model }: PlainChunk, emit: Emit): void {
    if (this.state.id !== undefined) return;
    this.state.id = id;
    this.state.model = filledString(model) ?? "";
    emit({ type: "start", id: this.state.id, model: this.state.model });
  }

  #choice({ delta, finish_reason: reason }: PlainChoice, emit: Emit): void {
    const text = delta?.content ?? "";
    this.state.text.push(text);
    if (text !== "") emit({ type: "text-delta", text });
    this.state.reason = reason ?? undefined;
  }
}

interface PlainChunk {
  id: string;
  model?: JsonValue;
  choices: PlainChoice[];
  usage?: JsonObject | null;
}

interface PlainChoice {
  delta?: { content?: string | null };
  finish_reason?: PlainReason | null;
}

function isPlainChoice(choice: JsonValue | undefined): boolean {
  if (!isJsonObject(choice) || !hasOnly(choice, CHOICE) || (choice.index ?? 0) !== 0) return false;
  const { delta, finish_reason: reason = null } = choice;
  if (reason !== null && reason !== "stop" && reason !== "length") return false;
  return isJsonObject(delta) && hasOnly(delta, DELTA) && typeof (delta.content ?? "") === "string";
}
