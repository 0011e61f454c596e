import { isJsonObject, type JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Emit } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { PlainReader } from "../in-parts.js";
import { hasOnly, objectIn } from "../plain-frame.js";
import { closedEarly } from "./truncated.js";
import { readUsage } from "./usage.js";

const LINE = ["model", "created_at", "message", "done", "done_reason"];
const COUNTERS = [
  "total_duration",
  "load_duration",
  "prompt_eval_count",
  "prompt_eval_cached_count",
  "prompt_eval_duration",
  "eval_count",
  "eval_duration",
];

/** Reads an answer of Ollama while its lines are those of a text. The state is whether it has begun. */
export class PlainOllamaReader implements PlainReader<boolean> {
  state = false;
  #finished = false;

  push({ data, event }: Frame, emit: Emit): boolean {
    if (this.#finished) return true;
    const line = event === undefined ? objectIn(data) : undefined;
    if (line === undefined || !isPlain(line)) return false;
    const { message, model, done, done_reason: reason } = line;
    if (!this.state) emit({ type: "start", id: uuid(), model: typeof model === "string" ? model : "" });
    this.state = true;
    if (message.content) emit({ type: "text-delta", text: message.content });
    if (!done) return true;
    this.#finished = true;
    const usage = readUsage(line);
    if (usage.raw !== undefined) emit({ type: "usage", usage });
    emit({ type: "finish", reason: reason || "stop", usage });
    return true;
  }

  end(): void {
    if (!this.#finished) throw closedEarly(this.state);
  }
}

interface PlainLine extends JsonObject {
  message: { content: string };
  done: boolean;
  done_reason: "stop" | "length" | "" | null;
}

function isPlain(line: JsonObject): line is PlainLine {
  const { message, done, done_reason: reason } = line;
  if (!isJsonObject(message) || typeof message.content !== "string" || !hasOnly(message, ["role", "content"]))
    return false;
  if (!hasOnly(line, done === true ? [...LINE, ...COUNTERS] : LINE) || typeof done !== "boolean") return false;
  return done ? [undefined, null, "", "stop", "length"].includes(reason as string) : !reason;
}
