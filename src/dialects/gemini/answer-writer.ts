import type { JsonObject } from "../../base/json.js";
import type {
  ChatEvent,
  DataEvent,
  FinishEvent,
  SourceEvent,
  StartEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import { providerWord } from "../../stream/data-name.js";
import type { SluiceError } from "../../stream/error.js";
import { type Usage, updateUsage } from "../../stream/usage.js";
import { ClientCalls } from "../client-calls.js";
import type { WriterContext } from "../dialect.js";
import { retractedError } from "../retracted-error.js";
import { CANDIDATE_FACTS, isKeptFact, RESPONSE_FACTS } from "./answer-facts.js";
import { EmittedSources } from "./emitted-sources.js";
import { writeErrorBody } from "./errors.js";
import { writeFinishReason } from "./finish-reason.js";
import { objectOf, ownData } from "./opaque.js";
import { writeAnyState, writeSignature, writeStateAlone } from "./signatures.js";
import { writeUsage } from "./usage.js";
import { GeminiPartWriter } from "./write-part.js";

/** Takes one response. */
export type WriteResponse = (response: JsonObject) => void;

/** Turns events into the responses of a stream, as objects. */
export class AnswerWriter {
  readonly #context: WriterContext;
  readonly #clientCalls: ClientCalls;
  readonly #parts = new GeminiPartWriter(writeAnyState, (callId) => ({ id: callId }));
  readonly #alone = new GeminiPartWriter(writeStateAlone);
  /** The block of the text that was emitted last, if nothing came after it. */
  #textBlock: { block: number | undefined } | undefined;
  #sources = new EmittedSources();
  #start: StartEvent | undefined;
  #usage: Usage = {};
  #usageIsNew = false;
  #emitted = false;
  #ended = false;
  #facts: { candidate: JsonObject; response: JsonObject } = { candidate: {}, response: {} };

  constructor(context: WriterContext) {
    this.#context = context;
    this.#clientCalls = new ClientCalls(context);
  }

  push(event: ChatEvent, write: WriteResponse): void {
    if (this.#ended) return;
    switch (event.type) {
      case "text-delta":
        this.#text(event, write);
        return;
      case "reasoning-delta":
        if (event.text !== "" || event.opaque !== undefined) {
          this.#part(this.#parts.reasoning(event.text, event.opaque), write);
        }
        return;
      case "tool-call":
        this.#call(event, write);
        return;
      case "tool-result":
        this.#result(event, write);
        return;
      case "file":
        this.#part(this.#parts.file(event.mediaType, event.data, event.opaque), write);
        return;
      case "source":
        this.#source(event);
        return;
      case "data":
        this.#data(event, write);
        return;
      case "start":
        this.#start ??= event;
        return;
      case "usage":
        this.#usage = updateUsage(this.#usage, event.usage);
        this.#usageIsNew = true;
        return;
      case "step-start":
        this.#clientCalls.step();
        return;
      case "retract":
        if (this.#emitted) this.fail(retractedError(event), write);
        this.#forget();
        return;
      case "finish":
        this.#finish(event, write);
        return;
      // A call comes whole: only Vertex streams arguments, to clients that ask for it.
      case "tool-input-delta":
      case "step-finish":
      case "input-request":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "context":
        return;
      default:
        event satisfies never;
    }
  }

  fail(error: SluiceError, write: WriteResponse): void {
    if (this.#ended) return;
    this.#ended = true;
    write(writeErrorBody(error));
  }

  #text({ text, block, opaque }: TextDeltaEvent, write: WriteResponse): void {
    if (text === "" && opaque === undefined) return;
    const alone = text === "" && (this.#textBlock === undefined || this.#textBlock.block !== block);
    this.#sources.text(text, block);
    this.#part((alone ? this.#alone : this.#parts).text(text, opaque), write);
    // State closes the text that it belongs to.
    if (opaque === undefined) this.#textBlock = { block };
  }

  #call(event: ToolCallEvent, write: WriteResponse): void {
    const foreign = ownData(event.opaque) === undefined && this.#clientCalls.runsElsewhere(event);
    this.#part(foreign ? this.#parts.foreignCall(event) : this.#parts.call(event), write);
  }

  #result(event: ToolResultEvent, write: WriteResponse): void {
    if (this.#clientCalls.takesResult(event)) this.#part(this.#parts.result(event), write);
  }

  #source({ source, block }: SourceEvent): void {
    this.#sources.push(source, block);
  }

  #data({ name, value, opaque }: DataEvent, write: WriteResponse): void {
    const own = ownData(opaque);
    // A stored message has only the state.
    const word = providerWord(name) ?? "";
    const fact = own?.[word] ?? value;
    if (CANDIDATE_FACTS.includes(word)) this.#facts.candidate[word] = fact;
    else if (RESPONSE_FACTS.includes(word)) this.#facts.response[word] = fact;
    else if (own !== undefined && !isKeptFact(own)) this.#part(own, write);
    else if (opaque !== undefined && own === undefined) {
      this.#part({ text: "", ...writeSignature({ kind: "data", name, value, opaque }) }, write);
    }
  }

  #finish({ reason, rawReason, usage }: FinishEvent, write: WriteResponse): void {
    this.#ended = true;
    const { candidate, response } = this.#facts;
    const counts = { usageMetadata: writeUsage(updateUsage(this.#usage, usage)), ...this.#named() };
    const { blockReason } = objectOf(response.promptFeedback);
    if (!this.#emitted && blockReason !== undefined) {
      write({ ...response, ...counts });
      return;
    }
    // Google's clients keep no answer in their history that has a chunk without a part.
    const content = { parts: [{ text: "" }], role: "model" };
    const finishReason = writeFinishReason(reason, rawReason);
    const sources = this.#sources.metadata(candidate.groundingMetadata !== undefined);
    write({ candidates: [{ content, finishReason, index: 0, ...sources, ...candidate }], ...response, ...counts });
  }

  #forget(): void {
    this.#start = undefined;
    this.#sources = new EmittedSources();
    this.#facts = { candidate: {}, response: {} };
  }

  #part(part: JsonObject, write: WriteResponse): void {
    this.#emitted = true;
    this.#textBlock = undefined;
    const usage = this.#usageIsNew ? { usageMetadata: writeUsage(this.#usage) } : {};
    this.#usageIsNew = false;
    const candidate = { content: { parts: [part], role: "model" }, index: 0 };
    write({ candidates: [candidate], ...usage, ...this.#named() });
  }

  #named(): JsonObject {
    return { modelVersion: this.#start?.model || this.#context.model, responseId: this.#start?.id ?? "" };
  }
}
