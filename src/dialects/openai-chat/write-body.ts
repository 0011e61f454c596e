import { decodeBase64, encodeBase64 } from "../../base/base64.js";
import { joinBytes } from "../../base/join-bytes.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { answerEvents } from "../answer-events.js";
import { clientReason } from "../client-calls.js";
import type { Answer, WriterContext } from "../dialect.js";
import { DeltaWriter } from "./delta-writer.js";
import { writeFinishReason } from "./finish-reason.js";
import { writeUsage } from "./usage.js";

/** A whole chat completion: what the deltas of its stream add up to. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  const message = new WholeMessage();
  const deltas = new DeltaWriter(context);
  for (const event of answerEvents(answer)) deltas.push(event, (delta) => message.push(delta));
  const word = writeFinishReason(clientReason(answer.reason, deltas.hasCalls));
  return {
    id: answer.id,
    object: "chat.completion",
    created: context.created ?? Math.floor(Date.now() / 1_000),
    model: answer.model || context.model,
    choices: [{ index: 0, message: message.whole, logprobs: null, finish_reason: word }],
    usage: writeUsage(answer.usage),
  };
}

/** A message that is put together of its deltas. */
class WholeMessage {
  readonly #fields: JsonObject = { role: "assistant", content: null, refusal: null };
  readonly #calls: JsonObject[] = [];
  readonly #sound: Uint8Array[] = [];

  push(delta: JsonObject): void {
    for (const [field, value] of Object.entries(delta)) {
      if (field === "tool_calls") this.#call(value);
      else if (field === "audio") this.#audio(value);
      else if (Array.isArray(value)) this.#fields[field] = [...list(this.#fields[field]), ...value];
      else this.#fields[field] = `${this.#fields[field] ?? ""}${value}`;
    }
  }

  get whole(): JsonObject {
    const whole = { ...this.#fields };
    if (this.#calls.length > 0) whole.tool_calls = this.#calls;
    if (isJsonObject(whole.audio)) whole.audio = { ...whole.audio, data: encodeBase64(joinBytes(this.#sound)) };
    return whole;
  }

  /** A whole answer has each call in one piece, and after it what must come back with it. */
  #call(pieces: JsonValue | undefined): void {
    for (const piece of list(pieces).filter(isJsonObject)) {
      const { index, ...fields } = piece;
      this.#calls[Number(index)] = { ...this.#calls[Number(index)], ...fields };
    }
  }

  #audio(piece: JsonValue | undefined): void {
    if (!isJsonObject(piece)) return;
    const { data, ...fields } = piece;
    if (typeof data === "string") this.#sound.push(decodeBase64(data));
    this.#fields.audio = { transcript: "", ...fields };
  }
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
