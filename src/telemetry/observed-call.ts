import { type Attributes, type Context, type Span, SpanKind } from "@opentelemetry/api";
import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { CallOptions } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { Transcript } from "../stream/transcript.js";
import type { Usage } from "../stream/usage.js";
import { genAiMessages, recordContent } from "./content.js";
import { ATTRIBUTE, type Conventions, FINISH_CUT, OPERATION, OWN, targetOf } from "./gen-ai-names.js";
import type { Instruments } from "./instruments.js";
import { failSpan } from "./span-status.js";
import type { CostCounter, Telemetry } from "./telemetry.js";

/** What one call of a model is. */
export interface CallSettings {
  modelId: string;
  request: ChatRequest;
  options: CallOptions;
  /** Where the span hangs. */
  parent: Context;
}

/** One model call as a span and in the metrics, from its first read to its end, whichever end that is. */
export class ObservedCall {
  readonly span: Span;
  readonly #telemetry: Telemetry;
  readonly #instruments: Instruments;
  readonly #transcript: Transcript;
  readonly #cost: CostCounter | undefined;
  readonly #began: number;
  /** When the last read with content came. */
  #last: number | undefined;
  #attributes: Attributes;
  #streams: boolean;
  #over = false;

  constructor(telemetry: Telemetry, { modelId, request, options, parent }: CallSettings) {
    const { provider, model } = targetOf(modelId);
    this.#telemetry = telemetry;
    this.#instruments = telemetry.instruments;
    this.#attributes = {
      [ATTRIBUTE.operation]: OPERATION.chat,
      [ATTRIBUTE.provider]: provider,
      [ATTRIBUTE.requestModel]: model,
    };
    this.#streams = options.streaming !== false;
    const attributes = { ...this.#attributes, ...asked(request, options) };
    const kind = SpanKind.CLIENT;
    this.span = telemetry.tracer.startSpan(`${OPERATION.chat} ${model}`, { kind, attributes }, parent);
    this.#began = telemetry.clock.now();
    const { content } = telemetry;
    this.#transcript = new Transcript(content !== undefined && this.span.isRecording());
    this.#cost = telemetry.cost?.(modelId);
    if (content !== undefined && this.span.isRecording()) {
      recordContent(this.span, ATTRIBUTE.inputMessages, () => genAiMessages(request.messages), content);
    }
  }

  /** Takes what one read brought. */
  read(batch: Batch): void {
    let chunk = false;
    for (const event of batch) {
      this.#transcript.push(event);
      this.#cost?.push(event);
      chunk ||= isChunk(event);
      this.#note(event);
    }
    if (chunk && this.#streams) this.#chunk();
    if (batch[batch.length - 1]?.type === "finish") this.#end();
  }

  /** The call failed, with what had arrived until then. */
  fail(thrown: unknown): void {
    if (this.#over) return;
    const error = SluiceError.from(thrown);
    failSpan(this.span, error, this.#telemetry.content);
    this.#end(error.code);
  }

  /** The reader left. Not an error, unless it left because of one: a time limit, say. */
  leave(reason: unknown): void {
    if (this.#over) return;
    if (reason instanceof SluiceError && reason.code !== "cancelled") {
      this.fail(reason);
      return;
    }
    this.span.setAttribute(OWN.cancelled, true);
    this.#end();
  }

  #note(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#attributes = { ...this.#attributes, [ATTRIBUTE.responseModel]: event.model };
        // What came in one piece has no times between pieces.
        if (event.simulated) this.#streams = false;
        this.span.setAttribute(ATTRIBUTE.responseId, event.id);
        return;
      case "retract":
        this.span.addEvent(OWN.retract);
        return;
      case "data":
        if (event.name === "fallback/model") this.span.addEvent(OWN.fallback, labels(event.value));
        return;
      default:
    }
  }

  #chunk(): void {
    const now = this.#telemetry.clock.now();
    if (this.#last === undefined) {
      const seconds = (now - this.#began) / 1_000;
      this.#instruments.timeToFirstChunk.record(seconds, this.#attributes);
      this.span.setAttribute(ATTRIBUTE.timeToFirstChunk, seconds);
    } else {
      this.#instruments.timePerOutputChunk.record((now - this.#last) / 1_000, this.#attributes);
    }
    this.#last = now;
  }

  #end(errorType?: string): void {
    if (this.#over) return;
    this.#over = true;
    const { usage, finishReason } = this.#transcript;
    const { conventions, clock, content } = this.#telemetry;
    const cost = this.#cost?.total;
    const { [ATTRIBUTE.responseModel]: responseModel } = this.#attributes;
    this.span.setAttributes({
      ...(responseModel !== undefined && { [ATTRIBUTE.responseModel]: responseModel }),
      ...(this.#streams && { [ATTRIBUTE.stream]: true }),
      // Of a call that no answer came of there is none.
      ...(responseModel !== undefined && { [ATTRIBUTE.finishReasons]: [finishReason ?? FINISH_CUT] }),
      ...tokensOf(usage, conventions),
      ...(cost !== undefined && { [OWN.cost]: cost }),
    });
    if (content !== undefined && this.span.isRecording()) {
      const messages = () => genAiMessages(this.#transcript.messages);
      recordContent(this.span, ATTRIBUTE.outputMessages, messages, content);
    }
    const attributes =
      errorType === undefined ? this.#attributes : { ...this.#attributes, [ATTRIBUTE.errorType]: errorType };
    this.#instruments.duration.record((clock.now() - this.#began) / 1_000, attributes);
    this.#instruments.tokens(usage, this.#attributes);
    this.span.end();
  }
}

/** Whether an event is a piece of the answer, and not only a frame around one. */
function isChunk(event: ChatEvent): boolean {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
    case "tool-input-delta":
    case "tool-call":
    case "file":
    case "audio-delta":
      return true;
    default:
      return false;
  }
}

function asked(request: ChatRequest, { context }: CallOptions): Attributes {
  const { responseFormat } = request;
  const found = {
    [ATTRIBUTE.conversation]: context?.sessionId,
    [OWN.run]: context?.runId,
    [ATTRIBUTE.outputType]: responseFormat && (responseFormat.type === "text" ? "text" : "json"),
    [ATTRIBUTE.seed]: request.seed,
    [ATTRIBUTE.topK]: request.topK,
    [ATTRIBUTE.topP]: request.topP,
    [ATTRIBUTE.temperature]: request.temperature,
    [ATTRIBUTE.maxTokens]: request.maxTokens,
    [ATTRIBUTE.frequencyPenalty]: request.frequencyPenalty,
    [ATTRIBUTE.presencePenalty]: request.presencePenalty,
    [ATTRIBUTE.stopSequences]: request.stop,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** Tokens as attributes of a span; a count that is not known is not set. */
export function tokensOf(usage: Usage, conventions: Conventions): Attributes {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    ...(inputTokens !== undefined && { [ATTRIBUTE.inputTokens]: inputTokens }),
    ...(outputTokens !== undefined && { [ATTRIBUTE.outputTokens]: outputTokens }),
    ...(cacheReadTokens !== undefined && { [ATTRIBUTE.cacheReadTokens]: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { [conventions.cacheWriteTokens]: cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { [ATTRIBUTE.reasoningTokens]: reasoningTokens }),
  };
}

/** Which models changed, and why: names and codes, no texts. */
function labels(value: unknown): Attributes {
  if (typeof value !== "object" || value === null) return {};
  const { from, to, code } = value as { from?: unknown; to?: unknown; code?: unknown };
  return Object.fromEntries(
    Object.entries({ from, to, code }).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
