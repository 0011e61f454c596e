import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { Emit } from "../../stream/chat-event.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { WireReader } from "../dialect.js";
import { endWordIn, throwBrokenOff } from "../end-words.js";
import { filledString } from "../filled-string.js";
import { LearnedShapes } from "../learned-shapes.js";
import type { Hole } from "../locate-values.js";
import { isDone, isHeartbeat, malformed, parseEvent } from "../parse-frame.js";
import { ReportedCalls } from "../reported-calls.js";
import { StrayFrames } from "../stray-frames.js";
import { type ParsedInput, parseToolInput, readInput, UNNAMED } from "../tool-input.js";
import { otherProtocol } from "../wire-marks.js";
import type { AnswerForm, LineContent } from "./answer-form.js";
import { isCutLine } from "./cut-line.js";
import { readDoneReason } from "./done-reason.js";
import { errorIn } from "./errors.js";
import { imageType } from "./image-type.js";
import { closedEarly, truncated } from "./truncated.js";
import { readUsage } from "./usage.js";

/** Differs from line to line and means nothing to us. */
const TIME: Hole = { path: ["created_at"], kind: "string", capture: false };

/**
 * Reads a streamed answer of Ollama: a line each piece, the last with `done`. Calls come whole. Ollama gives no id to an
 * answer, and older versions none to a call: these are made from the line's time and the call's place, so that a
 * recording has the same ids each time it is read.
 */
export class OllamaReader implements WireReader {
  readonly #form: AnswerForm;
  readonly #shapes = new LearnedShapes<"text-delta" | "reasoning-delta">();
  #started: boolean;
  #finished = false;
  #calls = 0;
  /** The line with a reason but without `done`, as some backends write it. */
  #reasoned: JsonObject | undefined;
  /** The line before, where it has calls. */
  #lastCalls: string | undefined;
  readonly #reported = new ReportedCalls();
  readonly #strays: StrayFrames;

  /** @param started whether its beginning was read elsewhere. Default false. */
  constructor(form: AnswerForm, started = false) {
    this.#form = form;
    this.#started = started;
    this.#strays = new StrayFrames(form.name);
  }

  push(frame: Frame, emit: Emit): void {
    if (this.#finished) return;
    const { data } = frame;
    const known = this.#shapes.match(data, (type, [text = ""]) => {
      if (text !== "") emit({ type, text });
    });
    if (!known && !isDone(data) && !isHeartbeat(frame)) this.#line(this.#parse(frame), frame, emit);
  }

  /** Whether a line had a reason, and none was `done` yet. */
  get ending(): boolean {
    return this.#reasoned !== undefined && !this.#finished;
  }

  end(emit: Emit): void {
    if (this.#finished) return;
    if (this.#reasoned !== undefined) {
      this.#finish(this.#reasoned, emit);
      return;
    }
    throw closedEarly(this.#started);
  }

  #parse(frame: Frame): JsonObject {
    try {
      return parseEvent(frame);
    } catch (error) {
      throw isCutLine(frame.data) ? truncated("within a line", frame.data) : error;
    }
  }

  #line(line: JsonObject, frame: Frame, emit: Emit): void {
    const error = errorIn(line);
    if (error !== undefined) throw error;
    const content = this.#form.read(line);
    const foreign = typeof line.done !== "boolean" && otherProtocol(line, this.#form.name) !== undefined;
    if (content === undefined || foreign) this.#strays.refuse(line, frame);
    if (!this.#started) {
      this.#started = true;
      emit({ type: "start", id: uuid(), model: typeof line.model === "string" ? line.model : "" });
    }
    // A line of calls that is sent twice is known by the nanosecond it was made in.
    const calls = content.toolCalls === undefined || content.toolCalls.length === 0 ? undefined : frame.data;
    if (calls === undefined || calls !== this.#lastCalls) this.#content(content, line, emit);
    this.#lastCalls = calls;
    if (line.done === true) this.#finish({ ...this.#reasoned, ...line }, emit);
    else if (endWordIn(line.done_reason) !== undefined) this.#reasoned = line;
    else this.#learn(frame.data, line, content);
  }

  #content({ text, thinking, toolCalls, images }: LineContent, line: JsonObject, emit: Emit): void {
    if (thinking) emit({ type: "reasoning-delta", text: thinking });
    if (text) emit({ type: "text-delta", text });
    for (const image of images ?? []) if (typeof image === "string") emitImage(image, emit);
    for (const call of toolCalls ?? []) if (isJsonObject(call)) this.#call(call, line, emit);
    if (Array.isArray(line.logprobs)) emit({ type: "data", name: "provider/logprobs", value: line.logprobs });
    // Models that make images say how far they are.
    const { completed, total } = line;
    if (typeof completed === "number" && typeof total === "number") {
      emit({ type: "data", name: "provider/progress", value: { completed, total } });
    }
  }

  #call(call: JsonObject, line: JsonObject, emit: Emit): void {
    const called = isJsonObject(call.function) ? call.function : call;
    const name = filledString(called.name) ?? UNNAMED;
    const input = readArguments(called.arguments ?? called.parameters);
    const given = filledString(call.id) ?? `call_${timeOf(line)}_${this.#calls}`;
    const callId = this.#reported.admit(given, name, JSON.stringify(input.input));
    if (callId === undefined) return;
    this.#calls++;
    emit({ type: "tool-call", callId, name, ...input });
  }

  #finish(line: JsonObject, emit: Emit): void {
    this.#finished = true;
    const { name } = this.#form;
    if (Array.isArray(line.context)) {
      // An encoding of the conversation, with which another prompt continues it.
      const { context } = line;
      emit({ type: "data", name: "provider/context", value: context, opaque: { dialect: name, data: { context } } });
    }
    const usage = readUsage(line);
    if (usage.raw !== undefined) emit({ type: "usage", usage });
    throwBrokenOff(line.done_reason);
    emit({ type: "finish", ...readDoneReason(endWordIn(line.done_reason), this.#calls > 0), usage });
  }

  #learn(frame: string, line: JsonObject, { text, thinking, toolCalls, images }: LineContent): void {
    if (toolCalls !== undefined || images !== undefined || line.logprobs !== undefined) return;
    if (line.completed !== undefined) return;
    if (text && !thinking) {
      this.#shapes.learn(frame, [TIME, { path: this.#form.text, kind: "string", capture: true }], "text-delta");
    } else if (thinking && !text) {
      this.#shapes.learn(
        frame,
        [TIME, { path: this.#form.thinking, kind: "string", capture: true }],
        "reasoning-delta",
      );
    }
  }
}

/** Arguments come as an object; some servers that speak this protocol send them as text. */
function readArguments(value: JsonValue | undefined): ParsedInput {
  return typeof value === "string" ? parseToolInput(value) : readInput(value);
}

function timeOf(line: JsonObject): string {
  const time = typeof line.created_at === "string" ? line.created_at.replace(/[^0-9A-Za-z]/g, "") : "";
  return time === "" ? uuid().slice(0, 8) : time;
}

function emitImage(base64: string, emit: Emit): void {
  try {
    emit({ type: "file", mediaType: imageType(base64), data: decodeBase64(base64) });
  } catch (cause) {
    throw malformed(base64, "an image that is not base64", cause);
  }
}
