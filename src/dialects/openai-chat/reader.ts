import { isJsonObject, type JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { ChatEvent, Emit, FinishReason } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import { saysError } from "../complaint.js";
import type { WireReader } from "../dialect.js";
import type { EmittedText } from "../emitted-text.js";
import { endWordIn, throwBrokenOff } from "../end-words.js";
import { ExtraFacts } from "../extra-facts.js";
import { filledString } from "../filled-string.js";
import { errorIn } from "../openai-error.js";
import { isDone, parseEvent } from "../parse-frame.js";
import { providerError } from "../provider-error.js";
import { StrayFrames } from "../stray-frames.js";
import { cutShort } from "./cut-short.js";
import { DeltaShapes, type Meaning } from "./delta-shapes.js";
import { CHOICE_FIELDS, CHUNK_FIELDS, DELTA_FIELDS } from "./known-fields.js";
import { OpenAnswer } from "./open-answer.js";
import type { ReadText } from "./plain-reader.js";
import { beginsAnew, RepeatedAnswer } from "./repeated-answer.js";
import { CitedSources } from "./sources.js";
import { readUsage } from "./usage.js";
import { workersAiChunk } from "./workers-ai.js";

/**
 * Reads a streamed chat completion.
 *
 * The answer is complete when `[DONE]` comes, or when the connection is closed in an orderly way after a finish reason:
 * several services send no `[DONE]`. A close before either is `truncated`. Only choice 0 is read, or the first there is; others are emitted as data.
 */
export class OpenAiChatReader implements WireReader {
  readonly #shapes = new DeltaShapes();
  readonly #sources = new CitedSources();
  readonly #facts = new ExtraFacts();
  readonly #strays = new StrayFrames("openai-chat");
  #started = false;
  #finished = false;
  #id: string | undefined;
  #answer = this.#newAnswer();
  /** The number of the choice that is read, and whether it was there. */
  #number = 0;
  #chosen = false;
  /** Other choices, until it was. */
  #others: JsonObject[] = [];
  /** Whether the chunks of one answer have ids of their own: then another id is no other answer. */
  #idsVary = false;
  /** What came after the end and may be the answer once more. */
  #repeated: RepeatedAnswer | undefined;
  #model = "";
  #rawReason: string | undefined;
  /** Whether the answer is in a form that has no finish reasons: its end marker says all there is to say. */
  #wordless = false;
  #usage: Usage = {};
  /** How many answers are over whose stream goes on with another, and what they cost. */
  #steps = 0;
  #spent: Usage = {};

  /** @param read where the answer stands, when its beginning was read elsewhere. Default: at its beginning. */
  constructor(read?: ReadText) {
    if (read?.id === undefined) return;
    this.#started = true;
    this.#chosen = true;
    this.#id = read.id;
    this.#model = read.model;
    this.#rawReason = read.reason;
    this.#usage = read.usage;
    this.#answer = this.#newAnswer(read.text);
    // Nothing came early, and nothing that comes now does.
    this.#strays.release(() => {});
    if (read.text.length > 0) this.#facts.release(() => {});
  }

  /** Whether a finish reason came: usage and the end marker may follow. */
  get ending(): boolean {
    return this.#rawReason !== undefined && !this.#finished;
  }

  push(frame: Frame, emit: Emit): void {
    if (this.#finished) return;
    const { data } = frame;
    // An answer that may be repeated is looked at chunk by chunk.
    const over = this.#rawReason !== undefined;
    if (!over && this.#shapes.match(data, (meaning, text) => this.#delta(meaning, text, frame, emit))) return;
    if (isDone(data)) this.#finish(emit);
    else {
      const body = parseEvent(frame);
      const own = workersAiChunk(body);
      if (own !== undefined) this.#wordless = true;
      this.#chunk(own ?? body, frame, emit);
    }
  }

  end(emit: Emit): void {
    if (this.#finished) return;
    this.#readOthers(emit);
    this.#endRepeated(emit);
    if (this.#rawReason === undefined) throw this.#strays.error ?? cutShort();
    this.#finish(emit);
  }

  #delta(meaning: Meaning, text: string, frame: Frame, emit: Emit): void {
    if (!this.#answer.piece(meaning, text, emit)) this.#chunk(parseEvent(frame), frame, emit);
  }

  #chunk(chunk: JsonObject, frame: Frame, emit: Emit): void {
    if (!isChunk(chunk)) {
      this.#strays.push(chunk, frame, emit);
      return;
    }
    const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isJsonObject) : [];
    const choice = choices.find((candidate) => numberOf(candidate) === this.#number);
    const error = errorIn(chunk);
    if (error !== undefined) {
      // What the tokens cost that came before it.
      if (this.#started) this.#takeUsage(chunk, choice, emit);
      throw error;
    }
    if (choice !== undefined && this.#isAnother(chunk, choice)) this.#nextStep(chunk, emit);
    else if (this.#isRepeated(chunk, choice)) {
      this.#repeated ??= new RepeatedAnswer();
      this.#repeated.push(frame, choice, choice === undefined ? {} : deltaOf(choice));
      if (this.#repeated.ended) this.#endRepeated(emit);
      return;
    }
    if (this.#started && this.#rawReason === undefined && (filledString(chunk.id) ?? this.#id) !== this.#id) {
      this.#idsVary = true;
    }
    this.#facts.push(chunk, CHUNK_FIELDS, emit);
    this.#start(chunk, choices.length > 0, emit);
    this.#emitOthers(
      choices.filter((other) => other !== choice),
      choice,
      emit,
    );
    if (choice !== undefined) this.#choice(chunk, choice, frame.data, emit);
    this.#takeUsage(chunk, choice, emit);
  }

  /** Other choices than the one that is read are data, once it is known that there is one to read. */
  #emitOthers(others: readonly JsonObject[], read: JsonObject | undefined, emit: Emit): void {
    if (read !== undefined) this.#chosen = true;
    this.#others.push(...others);
    if (!this.#chosen) return;
    for (const value of this.#others.splice(0)) emit({ type: "data", name: "provider/choice", value });
  }

  /** The answer is over and nothing was choice 0: old gateways count from 1. */
  #readOthers(emit: Emit): void {
    const others = this.#chosen ? [] : this.#others.splice(0);
    this.#number = others.length === 0 ? 0 : Math.min(...others.map(numberOf));
    for (const choice of others) this.#chunk({ id: this.#id ?? "", choices: [choice] }, { data: "" }, emit);
  }

  /** Azure opens with a chunk that has neither id nor model: the first that says something is the start. */
  #start(chunk: JsonObject, answered: boolean, emit: Emit): void {
    if (this.#started || (!answered && !isJsonObject(chunk.usage))) return;
    this.#started = true;
    this.#id = filledString(chunk.id);
    this.#model = filledString(chunk.model) ?? "";
    emit({ type: "start", id: this.#id ?? uuid(), model: this.#model });
    this.#strays.release(emit);
  }

  /** Whether an answer follows that which is over: of another id, and begun by the assistant anew. */
  #isAnother({ id }: JsonObject, choice: JsonObject): boolean {
    if (this.#rawReason === undefined || filledString(id) === undefined || id === this.#id) return false;
    if (this.#idsVary) return false;
    return typeof deltaOf(choice).role === "string";
  }

  /** Whether a chunk may say again what is over. */
  #isRepeated({ id }: JsonObject, choice: JsonObject | undefined): boolean {
    if (this.#repeated !== undefined) return true;
    if (this.#rawReason === undefined || choice === undefined || (filledString(id) ?? this.#id) !== this.#id)
      return false;
    return beginsAnew(deltaOf(choice));
  }

  /** The possible repetition is whole: emits it where it is something else. */
  #endRepeated(emit: Emit): void {
    const repeated = this.#repeated;
    this.#repeated = undefined;
    if (repeated === undefined) return;
    const frames = repeated.frames.map((frame) => ({ frame, chunk: parseEvent(frame) }));
    if (this.#answer.isRepeatedBy(repeated)) {
      for (const { chunk } of frames) this.#takeUsage(chunk, undefined, emit);
      return;
    }
    this.#nextStep(frames[0]?.chunk ?? {}, emit);
    for (const { frame, chunk } of frames) this.#chunk(chunk, frame, emit);
  }

  /** As in recordings of several calls: it is another step. */
  #nextStep(chunk: JsonObject, emit: Emit): void {
    const { reason } = this.#close(emit);
    this.#stepFinish(reason, emit);
    this.#id = filledString(chunk.id) ?? this.#id;
    this.#model = filledString(chunk.model) ?? "";
    this.#answer = this.#newAnswer();
    this.#rawReason = undefined;
    this.#usage = {};
    emit({ type: "step-start", step: this.#steps, model: this.#model });
  }

  /** What a whole message has beyond the pieces that came before it; where it is longer and another, it is right. */
  #whole(message: JsonObject, emit: Emit): void {
    const rest = this.#answer.rest(message);
    if (rest !== undefined) {
      this.#answer.push(rest, emit);
      return;
    }
    emit({ type: "retract", reason: "the provider's whole answer is not what it had streamed" });
    if (this.#steps > 0) emit({ type: "step-start", step: this.#steps, model: this.#model });
    else emit({ type: "start", id: this.#id ?? uuid(), model: this.#model });
    this.#answer = this.#newAnswer();
    this.#answer.push(message, emit);
  }

  #stepFinish(reason: FinishReason, emit: Emit): void {
    emit({ type: "step-finish", step: this.#steps, reason, usage: this.#usage });
    this.#spent = addUsage(this.#spent, this.#usage);
    this.#steps++;
  }

  #choice(chunk: JsonObject, choice: JsonObject, text: string, emit: Emit): void {
    const error = errorIn(choice);
    if (error !== undefined) throw error;
    const whole = this.#answer.hasText && isJsonObject(choice.message) ? choice.message : undefined;
    const beside = Array.isArray(choice.tool_calls) ? { tool_calls: choice.tool_calls } : {};
    const delta: JsonObject = {
      ...beside,
      ...(whole !== undefined && !isJsonObject(choice.delta) ? {} : deltaOf(choice)),
    };
    const emitted: ChatEvent[] = [];
    const note = (event: ChatEvent) => {
      this.#answer.book(event);
      emitted.push(event);
      emit(event);
    };
    this.#answer.push(delta, note);
    if (whole !== undefined) this.#whole(whole, note);
    if (isJsonObject(delta.audio)) this.#answer.pushAudio(delta.audio, isJsonObject(choice.message), note);
    this.#sources.push(chunk, delta, emit);
    this.#facts.push(choice, CHOICE_FIELDS, emit);
    this.#facts.push(delta, DELTA_FIELDS, emit);
    if (emitted.length > 0) this.#facts.release(emit);
    if (choice.logprobs !== undefined && choice.logprobs !== null) {
      emit({ type: "data", name: "provider/logprobs", value: choice.logprobs });
    }
    const reason = endWordIn(choice.finish_reason);
    throwBrokenOff(choice.finish_reason);
    if (reason !== undefined) {
      this.#rawReason = reason;
      this.#answer.ends(reason, emit);
    } else if (emitted.length === 1) this.#shapes.learn(text, chunk, choice, delta, emitted[0]);
  }

  #newAnswer(emitted?: EmittedText): OpenAnswer {
    // An id that a recording has each time it is read, and that no other answer has.
    const newId = (place: number) => `call_${(this.#id ?? uuid()).replace(/[^\w-]/g, "").slice(-24)}_${place}`;
    return new OpenAnswer(newId, emitted);
  }

  #takeUsage(chunk: JsonObject, choice: JsonObject | undefined, emit: Emit): void {
    const groq = isJsonObject(chunk.x_groq) ? chunk.x_groq : {};
    const stopped = filledString(groq.error);
    if (stopped !== undefined) throw providerError({ message: stopped });
    const raw = [chunk.usage, choice?.usage, groq.usage].find(isJsonObject);
    if (raw === undefined) return;
    this.#usage = readUsage(raw);
    emit({ type: "usage", usage: this.#usage });
  }

  #finish(emit: Emit): void {
    this.#readOthers(emit);
    if (this.#rawReason === undefined && this.#strays.error !== undefined) throw this.#strays.error;
    if (!this.#started) throw new SluiceError("truncated", "the answer ended before it began", { retryable: true });
    if (this.#wordless) this.#rawReason ??= "stop";
    this.#endRepeated(emit);
    this.#finished = true;
    const end = this.#close(emit);
    const stepped = this.#steps > 0;
    if (stepped) this.#stepFinish(end.reason, emit);
    emit({ type: "finish", ...end, usage: stepped ? this.#spent : this.#usage });
  }

  /** An answer is over: emits what was kept until then, and why it ended. */
  #close(emit: Emit): { reason: FinishReason; rawReason?: string } {
    this.#facts.release(emit);
    return this.#answer.close(this.#rawReason, emit);
  }
}

/** Whether an object is a chunk of an answer, or one of the services' own beside it. */
function isChunk(chunk: JsonObject): boolean {
  if (Array.isArray(chunk.choices) || isJsonObject(chunk.usage) || isJsonObject(chunk.x_groq)) return true;
  if (saysError(chunk)) return true;
  return /^(?:chat\.completion|text_completion)/.test(String(chunk.object));
}

function numberOf({ index }: JsonObject): number {
  return typeof index === "number" ? index : 0;
}

/** Services that answer whole where a stream was asked for say a message, and the protocol before chat a text. */
function deltaOf({ delta, message, text }: JsonObject): JsonObject {
  if (isJsonObject(delta)) return delta;
  if (isJsonObject(message)) return message;
  return typeof text === "string" ? { content: text } : {};
}
