import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatEvent, Emit, FinishReason } from "../../stream/chat-event.js";
import { EmittedText } from "../emitted-text.js";
import { contentPart, imagePart, textPiece } from "./content-part.js";
import type { Meaning } from "./delta-shapes.js";
import { EmittedAudio } from "./emitted-audio.js";
import { readFinishReason } from "./finish-reason.js";
import { ownOpaque } from "./opaque.js";
import { callSign, type RepeatedAnswer } from "./repeated-answer.js";
import { THOUGHT_FIELDS, THOUGHT_STATES, ThoughtState, thoughtIn } from "./thoughts.js";
import { ToolCalls } from "./tool-calls.js";

/** The content of one answer while it arrives: its text, reasoning, calls and sound. A stream may hold several answers. */
export class OpenAnswer {
  readonly #newId: (place: number) => string;
  /** Made when it is needed, like what follows it: most answers are text, and many may be held at once. */
  #calls: ToolCalls | undefined;
  readonly #thoughts = new ThoughtState();
  readonly #audio = new EmittedAudio();
  /** The text so far, which a message at the end may repeat whole. */
  readonly #text: EmittedText;
  #called: Set<string> | undefined;
  #refused = false;
  #reasoned = false;

  /**
   * @param newId makes the id of a call that came without one, from its place.
   * @param emitted its text so far. Default: none.
   */
  constructor(newId: (place: number) => string, emitted = new EmittedText()) {
    this.#newId = newId;
    this.#text = emitted;
  }

  get hasText(): boolean {
    return this.#text.length > 0;
  }

  /** Takes a piece of a known shape. Returns `false` where it belongs to a call that has not begun. */
  piece(meaning: Meaning, text: string, emit: Emit): boolean {
    if (meaning.type === "tool-input-delta") return this.#calls?.pushInput(meaning.index, text, emit) ?? false;
    if (text === "") return true;
    if (meaning.type === "text-delta") this.#text.push(text);
    emit({ type: meaning.type, text });
    return true;
  }

  /** Books what a repetition is compared with. */
  book(event: ChatEvent): void {
    if (event.type === "text-delta" && event.refusal === undefined) this.#text.push(event.text);
    else if (event.type === "reasoning-delta") this.#reasoned = true;
    else if (event.type === "tool-call") {
      this.#called ??= new Set();
      this.#called.add(callSign(event.name, event.input));
    }
  }

  /** Takes a delta, or a message. */
  push(delta: JsonObject, emit: Emit): void {
    this.#reasoning(delta, emit);
    if (typeof delta.content === "string") textPiece(delta.content, emit);
    else if (Array.isArray(delta.content)) for (const part of delta.content) contentPart(part, emit);
    if (typeof delta.refusal === "string" && delta.refusal !== "") {
      this.#refused = true;
      emit({ type: "text-delta", text: delta.refusal, refusal: true });
    }
    if (Array.isArray(delta.images)) for (const image of delta.images) imagePart(image, emit);
    if (Array.isArray(delta.tool_calls)) this.#toolCalls.pushAll(delta.tool_calls, emit);
    // A few servers send one call without its list.
    else if (isJsonObject(delta.tool_calls)) this.#toolCalls.push(delta.tool_calls, emit);
    // Before there were tools there was one function.
    if (isJsonObject(delta.function_call)) this.#toolCalls.push({ index: 0, function: delta.function_call }, emit);
  }

  get #toolCalls(): ToolCalls {
    this.#calls ??= new ToolCalls(this.#newId);
    return this.#calls;
  }

  #reasoning(delta: JsonObject, emit: Emit): void {
    const sealed = this.#thoughts.push(delta);
    const text = thoughtIn(delta) || sealed;
    if (text !== "") emit({ type: "reasoning-delta", text });
  }

  /** Takes the model's speech and its words. @param whole whether it is the whole sound. */
  pushAudio(audio: JsonObject, whole: boolean, emit: Emit): void {
    if (typeof audio.transcript === "string") textPiece(audio.transcript, emit);
    if (whole) this.#audio.pushWhole(audio, emit);
    else this.#audio.push(audio, emit);
  }

  /** What a whole message adds to the pieces before it; `undefined` where it contradicts them. */
  rest(message: JsonObject): JsonObject | undefined {
    const { content } = message;
    const rest = typeof content === "string" ? this.#text.restOf(content) : "";
    if (rest === undefined) return undefined;
    const { refusal: _, audio: __, images: ___, ...others } = message;
    const fields = this.#reasoned ? [...THOUGHT_FIELDS, ...THOUGHT_STATES] : [];
    const thoughts = Object.fromEntries(fields.map((field) => [field, null]));
    const calls = this.#calls?.any ? { tool_calls: null, function_call: null } : {};
    return { ...others, ...thoughts, ...calls, content: rest };
  }

  isRepeatedBy(answer: RepeatedAnswer): boolean {
    return answer.repeats(this.#text, this.#called ?? new Set());
  }

  /** Takes the finish reason: calls need not wait for the end marker, unless the answer was cut. */
  ends(reason: string, emit: Emit): void {
    if (this.#finishReason(reason).reason === "length") return;
    this.#calls?.completeWhole((event) => {
      this.book(event);
      emit(event);
    });
  }

  /** Emits what was kept until the end. Returns why the answer ended. */
  close(rawReason: string | undefined, emit: Emit): { reason: FinishReason; rawReason?: string } {
    const { fields } = this.#thoughts;
    if (fields !== undefined) emit({ type: "reasoning-delta", text: "", opaque: ownOpaque(fields) });
    this.#audio.end(emit);
    const cut = readFinishReason(rawReason, { toolCalls: false }).reason === "length";
    this.#calls?.finish(cut, emit);
    return this.#finishReason(rawReason);
  }

  #finishReason(rawReason: string | undefined): { reason: FinishReason; rawReason?: string } {
    return readFinishReason(rawReason, { toolCalls: this.#calls?.any === true, refusal: this.#refused });
  }
}
