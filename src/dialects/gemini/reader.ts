import { isJsonObject, type JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { ChatEvent, Emit, FinishReason } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { Usage } from "../../stream/usage.js";
import type { WireReader } from "../dialect.js";
import { throwBrokenOff } from "../end-words.js";
import { LearnedShapes } from "../learned-shapes.js";
import { isDone, parseEvent, parseFrame } from "../parse-frame.js";
import { StrayFrames } from "../stray-frames.js";
import { AnswerFacts } from "./answer-facts.js";
import { errorIn } from "./errors.js";
import { finishWordIn, readBlockReason, readFinishReason } from "./finish-reason.js";
import { holesOf, isReported, type Meaning, meaningOf, usageOf } from "./known-chunks.js";
import { objectOf } from "./opaque.js";
import { GeminiPartReader } from "./part-reader.js";
import { plainChunk } from "./plain-chunk.js";
import { Emitted, hasContent, hasEnd, RepeatedChunks } from "./repeated-chunks.js";
import { GroundingSources } from "./sources.js";
import { readUsage } from "./usage.js";

/** Every chunk has the usage so far. It is reported when it grew by so many tokens, and at the end. */
const USAGE_STEP = 32;

/** Settings of a reader. */
export interface GeminiReaderOptions {
  /** Whether each part is whole, as in a body that was not streamed. */
  whole?: boolean;
}

/**
 * Reads a streamed answer, as https://ai.google.dev/api/generate-content describes it: each chunk is a response with the
 * next parts of its candidate.
 *
 * The protocol has no end marker. The answer is complete once a chunk has a finish reason, or that the prompt was
 * blocked; chunks that follow may still say usage and sources. Where they go on with the answer, as after code that
 * Google ran, it is not complete until one says so again. A close before that is `truncated`. Only candidate 0 is read;
 * others are emitted as data.
 */
export class GeminiReader implements WireReader {
  readonly #shapes = new LearnedShapes<Meaning>();
  readonly #parts: GeminiPartReader;
  readonly #sources = new GroundingSources();
  readonly #facts = new AnswerFacts();
  readonly #strays = new StrayFrames("gemini");
  #started = false;
  readonly #whole: boolean;
  #answered = false;
  #finishWord: string | undefined;
  #blockWord: string | undefined;
  #usage: Usage = {};
  readonly #emitted = new Emitted();
  /** Content that came after a finish reason. */
  #repeated: RepeatedChunks | undefined;
  /** The last chunk of a learned shape and its count, if that was not reported yet; and the count that was reported last. */
  #running: Meaning | undefined;
  #runningTokens = 0;
  #reportedTokens = 0;

  constructor({ whole = false }: GeminiReaderOptions = {}) {
    this.#parts = new GeminiPartReader({ whole });
    this.#whole = whole;
  }

  /** Whether the finish reason has arrived; sources and usage may follow, and even more of it. */
  get ending(): boolean {
    return (this.#finishWord !== undefined && this.#repeated === undefined) || this.#blockWord !== undefined;
  }

  push(frame: Frame, emit: Emit): void {
    const { data } = frame;
    // What comes after a finish reason may be the answer once more: it is looked at chunk by chunk.
    const over = this.#finishWord !== undefined;
    const known = !over && this.#shapes.match(data, (meaning, values) => this.#known(meaning, values, frame, emit));
    // Some services that speak this protocol end with the marker of OpenAI's.
    if (known || isDone(data)) return;
    for (const chunk of chunksIn(frame)) this.chunk(chunk, frame, emit);
  }

  /** Takes a chunk that was parsed; `frame` holds it and nothing else, to learn from. */
  chunk(received: JsonObject, frame: Frame, emit: Emit): void {
    const error = errorIn(received);
    if (error !== undefined) throw error;
    const chunk = plainChunk(received);
    if (!isAnswer(chunk)) {
      if (!RESPONSE_FIELDS.some((field) => field in chunk)) this.#strays.push(chunk, frame, emit);
      return;
    }
    if (this.#mayRepeat(chunk)) {
      this.#repeated ??= new RepeatedChunks();
      this.#repeated.push(chunk, frame);
      if (hasEnd(chunk) || this.#emitted.isPassed(this.#repeated)) this.#endRepeated(emit);
      return;
    }
    this.#answer(chunk, frame, emit);
  }

  #mayRepeat(chunk: JsonObject): boolean {
    if (this.#repeated !== undefined) return true;
    return this.#finishWord !== undefined && !this.#whole && hasContent(chunk);
  }

  /** What came after a finish reason is whole: emits it where it is no repetition. */
  #endRepeated(emit: Emit): void {
    const repeated = this.#repeated;
    this.#repeated = undefined;
    if (repeated === undefined || this.#emitted.isAll(repeated)) return;
    for (const { chunk, frame } of repeated.chunks) this.#answer(chunk, frame, emit);
  }

  #answer(chunk: JsonObject, frame: Frame, emit: Emit): void {
    const text = frame.data;
    this.#start(chunk, emit);
    const emitted: ChatEvent[] = [];
    const watched: Emit = (event) => {
      emitted.push(event);
      this.#emitted.note(event);
      emit(event);
    };
    const candidates = Array.isArray(chunk.candidates) ? chunk.candidates.filter(isJsonObject) : [];
    for (const candidate of candidates) {
      if ((candidate.index ?? 0) === 0) this.#candidate(candidate, watched);
      else watched({ type: "data", name: "provider/candidate", value: candidate });
    }
    this.#facts.push(chunk, RESPONSE_FIELDS, watched);
    this.#blocked(chunk);
    const meaning = emitted.length === 1 && emitted[0]?.type !== "data" ? meaningOf(chunk, text) : undefined;
    if (meaning !== undefined) this.#shapes.learn(text, holesOf(meaning), meaning);
    this.#takeUsage(chunk, emit);
  }

  end(emit: Emit): void {
    this.#endRepeated(emit);
    const word = this.#finishWord;
    const end = word === undefined ? this.#unsaidEnd() : readFinishReason(word, this.#parts.calls.any);
    this.#emitUsage(emit);
    if (end === undefined) {
      const why = this.#started ? "without a finish reason" : "before it began";
      throw this.#strays.error ?? new SluiceError("truncated", `the answer ended ${why}`, { retryable: true });
    }
    emit({ type: "finish", ...end, usage: this.#usage });
  }

  #unsaidEnd(): { reason: FinishReason; rawReason?: string } | undefined {
    if (this.#blockWord !== undefined) return readBlockReason(this.#blockWord);
    // Nothing is missing from a body that was not streamed.
    const any = this.#whole && this.#answered;
    return any ? { reason: this.#parts.calls.any ? "tool-calls" : "other" } : undefined;
  }

  #known(meaning: Meaning, values: readonly string[], frame: Frame, emit: Emit): void {
    const { kind, at } = meaning;
    const piece = values[at.piece] ?? "";
    if (piece !== "") this.#finishWord = undefined;
    if (kind !== "args") {
      this.#parts.piece(piece, kind === "thought", (event) => {
        this.#emitted.note(event);
        emit(event);
      });
    } else if (!this.#parts.calls.pushPiece(values[at.path] ?? "", piece, emit)) {
      this.chunk(parseEvent(frame), frame, emit);
      return;
    }
    if (at.count === -1) return;
    const tokens = Number(values[at.count]);
    this.#running = meaning;
    this.#runningTokens = tokens;
    if (Math.abs(tokens - this.#reportedTokens) >= USAGE_STEP) this.#emitUsage(emit);
  }

  #emitUsage(emit: Emit): void {
    const meaning = this.#running;
    const tokens = this.#runningTokens;
    if (meaning === undefined) return;
    this.#running = undefined;
    this.#reportedTokens = tokens;
    if (isReported(meaning, tokens, this.#usage)) return;
    this.#usage = usageOf(meaning, tokens);
    emit({ type: "usage", usage: this.#usage });
  }

  #start(chunk: JsonObject, emit: Emit): void {
    if (this.#started) return;
    this.#started = true;
    const { responseId, modelVersion } = chunk;
    const id = typeof responseId === "string" && responseId !== "" ? responseId : uuid();
    emit({ type: "start", id, model: typeof modelVersion === "string" ? modelVersion : "" });
    this.#strays.release(emit);
  }

  #candidate(candidate: JsonObject, emit: Emit): void {
    const { parts } = objectOf(candidate.content);
    for (const part of Array.isArray(parts) ? parts : []) {
      if (!isJsonObject(part)) continue;
      this.#answered = true;
      // A signature may still come on its own.
      if (part.text !== "") this.#finishWord = undefined;
      this.#parts.push(part, emit);
    }
    const word = finishWordIn(candidate.finishReason);
    if (word !== undefined) {
      throwBrokenOff(candidate.finishReason);
      this.#finishWord = word;
      this.#parts.calls.finish(readFinishReason(word, false).reason !== "stop", emit);
    }
    this.#facts.push(candidate, CANDIDATE_FIELDS, emit);
    const { text } = this.#parts;
    if (isJsonObject(candidate.groundingMetadata)) this.#sources.grounding(candidate.groundingMetadata, text, emit);
    if (isJsonObject(candidate.citationMetadata)) this.#sources.citations(candidate.citationMetadata, text, emit);
  }

  #blocked({ promptFeedback }: JsonObject): void {
    const { blockReason } = objectOf(promptFeedback);
    if (typeof blockReason === "string") this.#blockWord = blockReason;
  }

  #takeUsage({ usageMetadata }: JsonObject, emit: Emit): void {
    if (!isJsonObject(usageMetadata)) return;
    this.#running = undefined;
    if (JSON.stringify(usageMetadata) === JSON.stringify(this.#usage.raw)) return;
    this.#usage = readUsage(usageMetadata);
    emit({ type: "usage", usage: this.#usage });
  }
}

/** Fields of a response and of a candidate that have events of their own. */
const RESPONSE_FIELDS = ["candidates", "usageMetadata", "modelVersion", "responseId"];
const CANDIDATE_FIELDS = ["content", "finishReason", "index", "citationMetadata"];

/** Whether an object is a response at all. */
export function isAnswer(chunk: JsonObject): boolean {
  return Array.isArray(chunk.candidates) || isJsonObject(chunk.promptFeedback) || isJsonObject(chunk.usageMetadata);
}

/**
 * A frame is a chunk. Where the empty lines between events were lost, it is several, each on its line; an array is what
 * Google says where nobody asked for server-sent events, and what some gateways pass on of an error.
 */
function chunksIn(frame: Frame): JsonObject[] {
  const { data } = frame;
  try {
    if (data.startsWith("[")) return listIn(data);
    return [parseEvent(frame)];
  } catch (error) {
    if (!data.includes("\n") || frame.event !== undefined) throw error;
    return data
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(parseFrame);
  }
}

function listIn(data: string): JsonObject[] {
  const { list } = parseFrame(`{"list":${data}}`);
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
