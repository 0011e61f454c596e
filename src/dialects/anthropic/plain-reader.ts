import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import { filledString } from "../filled-string.js";
import type { PlainReader } from "../in-parts.js";
import { hasOnly, objectIn } from "../plain-frame.js";
import { truncated } from "./truncated.js";
import { mergeUsage, readUsage } from "./usage.js";

/** Where an answer stands of which nothing but text has come. */
export interface ReadText {
  /** `undefined` before it has begun. */
  id: string | undefined;
  model: string;
  /** As the service says it. */
  usage: JsonObject;
  /** The index of the block that is open, and the length of its text in UTF-16 code units. */
  block: { index: number; length: number } | undefined;
  /** The index of the last block. */
  last: number | undefined;
  stopReason: "end_turn" | "max_tokens" | undefined;
  /** Whether its end has come. */
  ended: boolean;
}

const MESSAGE = ["id", "type", "role", "content", "model", "usage"];

/** Reads a streamed message while it is as Anthropic sends texts: its start, blocks of text, its stop reason, its end. */
export class PlainMessageReader implements PlainReader<ReadText> {
  readonly state: ReadText = {
    id: undefined,
    model: "",
    usage: {},
    block: undefined,
    last: undefined,
    stopReason: undefined,
    ended: false,
  };

  get complete(): boolean {
    return this.state.ended;
  }

  get ending(): boolean {
    return this.state.stopReason !== undefined && !this.state.ended;
  }

  push({ data, event: label }: Frame, emit: Emit): boolean {
    const event = objectIn(data);
    if (event === undefined || this.state.ended || (label !== undefined && label !== event.type)) return false;
    if (event.type === "message_start") return this.#start(event, emit);
    if (this.state.id === undefined) return false;
    switch (event.type) {
      case "content_block_start":
        return this.#openBlock(event);
      case "content_block_delta":
        return this.#delta(event, emit);
      case "content_block_stop":
        return this.#closeBlock(event);
      case "message_delta":
        return this.#messageDelta(event, emit);
      case "message_stop":
        this.state.ended = hasOnly(event, ["type"]) && this.ending;
        return this.state.ended;
      default:
        return event.type === "ping" && hasOnly(event, ["type"]);
    }
  }

  end(emit: Emit): void {
    const { stopReason, usage, id } = this.state;
    if (stopReason === undefined) throw truncated(id !== undefined);
    const reason = stopReason === "end_turn" ? "stop" : "length";
    emit({ type: "finish", reason, usage: isFilled(usage) ? readUsage(usage) : {} });
  }

  #start({ message, ...event }: JsonObject, emit: Emit): boolean {
    if (this.state.id !== undefined || !hasOnly(event, ["type"]) || !isJsonObject(message)) return false;
    const { id, model, content, usage } = message;
    if (!hasOnly(message, MESSAGE) || typeof model !== "string" || !Array.isArray(content) || content.length > 0)
      return false;
    this.state.id = filledString(id);
    if (this.state.id === undefined) return false;
    this.state.model = model;
    this.state.usage = mergeUsage({}, usage);
    emit({ type: "start", id: this.state.id, model });
    if (isFilled(this.state.usage)) emit({ type: "usage", usage: readUsage(this.state.usage) });
    return true;
  }

  #openBlock({ index, content_block: block, ...event }: JsonObject): boolean {
    if (this.state.block !== undefined || typeof index !== "number" || !hasOnly(event, ["type"])) return false;
    if (!isJsonObject(block) || block.type !== "text" || block.text !== "" || !hasOnly(block, ["type", "text"]))
      return false;
    this.state.block = { index, length: 0 };
    this.state.last = index;
    return true;
  }

  #delta({ index, delta, ...event }: JsonObject, emit: Emit): boolean {
    const { block } = this.state;
    if (block === undefined || !isText(delta) || index !== block.index || !hasOnly(event, ["type"])) return false;
    block.length += delta.text.length;
    if (delta.text !== "") emit({ type: "text-delta", text: delta.text, block: block.index });
    return true;
  }

  #closeBlock({ index, ...event }: JsonObject): boolean {
    if (index !== this.state.block?.index || !hasOnly(event, ["type"])) return false;
    this.state.block = undefined;
    return true;
  }

  #messageDelta({ delta, usage, ...event }: JsonObject, emit: Emit): boolean {
    if (!isJsonObject(delta) || !hasOnly(delta, ["stop_reason"]) || !hasOnly(event, ["type"])) return false;
    const { stop_reason: reason = null } = delta;
    if (reason !== null && reason !== "end_turn" && reason !== "max_tokens") return false;
    this.state.stopReason = reason ?? this.state.stopReason;
    if (!isJsonObject(usage)) return true;
    this.state.usage = mergeUsage(this.state.usage, usage);
    emit({ type: "usage", usage: readUsage(this.state.usage) });
    return true;
  }
}

function isText(delta: JsonValue | undefined): delta is JsonObject & { text: string } {
  if (!isJsonObject(delta) || delta.type !== "text_delta" || typeof delta.text !== "string") return false;
  return hasOnly(delta, ["type", "text"]);
}

function isFilled(object: JsonObject): boolean {
  return Object.keys(object).length > 0;
}
