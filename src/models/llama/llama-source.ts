import type { Clock } from "../../base/clock.js";
import type { JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { parseToolInput } from "../../dialects/tool-input.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent, FinishReason } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Usage } from "../../stream/usage.js";
import { AnswerPace, type PaceListener } from "./answer-pace.js";
import type { AnswerPlan } from "./answer-plan.js";
import type { ContextSettings, LoadedModel } from "./loaded-model.js";
import type { FunctionParamsChunk, GenerateOptions, LlamaSequence, ResponseChunk } from "./node-llama-cpp.js";
import { StopSequences } from "./stop-sequences.js";

/** What an answer needs beside its plan. */
export interface LlamaCall {
  /** The name for `start`. */
  name: string;
  /** Loads the model, or gives the one that is loaded. */
  hold: () => Promise<LoadedModel>;
  contexts: ContextSettings;
  /** `false`: the whole answer at once. */
  streaming: boolean;
  /** Ms. */
  totalTimeoutMs: number;
  clock: Clock;
}

/** Why generation was ended from this side, where that is no failure. */
type EndedHere = { reason: FinishReason };

/** The events of one answer. Tokens are generated while the reader waits for them and not otherwise. */
export class LlamaSource implements BatchSource, PaceListener {
  readonly #plan: AnswerPlan;
  readonly #call: LlamaCall;
  readonly #controller = new AbortController();
  readonly #pace = new AnswerPace(this.#controller.signal);
  readonly #stops: StopSequences;
  /** Ids of this answer's calls, by their index. */
  readonly #callIds: string[] = [];
  /** Arguments of the call that is being written. */
  #writing: { callId: string; name: string; text: string } | undefined;
  #model: LoadedModel | undefined;
  #usage: Usage = {};
  #outputTokens = 0;
  /** How many the reader has got. */
  #reportedTokens = 0;
  #reasoningTokens = 0;
  #out: ChatEvent[] = [];
  #begun = false;
  #over = false;
  #endedHere: EndedHere | undefined;
  #failure: SluiceError | undefined;
  #waiting: { resolve: (batch: Batch | undefined) => void; reject: (error: SluiceError) => void } | undefined;
  #callOffTimeout: (() => void) | undefined;

  constructor(plan: AnswerPlan, call: LlamaCall) {
    this.#plan = plan;
    this.#call = call;
    this.#stops = new StopSequences(plan.stop);
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#out.length > 0 && (this.#call.streaming || this.#over)) return this.#take();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#over) return undefined;
    const batch = new Promise<Batch | undefined>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#pace.want();
    if (!this.#begun) void this.#begin();
    return batch;
  }

  cancel(reason: unknown): void {
    this.#controller.abort(SluiceError.from(reason, "cancelled"));
    this.#end();
  }

  onPrompt(tokens: number, cached: number): void {
    if (this.#usage.inputTokens !== undefined) return;
    this.#usage = { inputTokens: tokens, cacheReadTokens: cached };
    this.#out.push({ type: "usage", usage: this.#usage });
  }

  onToken(token: number): void {
    if (!this.#model?.model.isEogToken(token)) this.#outputTokens++;
  }

  async #begin(): Promise<void> {
    this.#begun = true;
    const { totalTimeoutMs, clock, hold } = this.#call;
    if (totalTimeoutMs !== Number.POSITIVE_INFINITY) {
      this.#callOffTimeout = clock.after(totalTimeoutMs, () => {
        const message = `the answer took more than ${totalTimeoutMs} ms`;
        this.#controller.abort(new SluiceError("total-timeout", message, { retryable: true }));
        this.#fail(this.#controller.signal.reason);
      });
    }
    try {
      const model = await hold();
      this.#model = model;
      await model.run(this.#controller, () => this.#answer(model));
    } catch (thrown) {
      if (this.#endedHere === undefined) this.#fail(thrown);
      else this.#finish(this.#endedHere.reason);
    }
  }

  async #answer(model: LoadedModel): Promise<void> {
    const { signal } = this.#controller;
    const prompt = this.#readPrompt(model);
    const pool = model.pool(this.#call.contexts);
    const sequence = await pool.lease(prompt, signal);
    const chat = new model.runtime.package.LlamaChat({ contextSequence: sequence, chatWrapper: model.wrapper });
    const stepAside = this.#pace.hold(sequence, this);
    try {
      const options = await this.#options(model, roomFor(prompt, sequence));
      this.#start();
      const { metadata } = await chat.generateResponse(this.#plan.history, options);
      if (this.#endedHere !== undefined) this.#finish(this.#endedHere.reason);
      else this.#finish(REASONS[metadata.stopReason] ?? "other", metadata.stopReason);
    } finally {
      stepAside();
      chat.dispose();
      pool.release(sequence);
    }
  }

  #readPrompt({ wrapper, model }: LoadedModel): number[] {
    const { history, functions } = this.#plan;
    const last = history.at(-1);
    const { contextText } = wrapper.generateContextState({
      chatHistory: last?.type === "model" ? history : [...history, { type: "model", response: [] }],
      ...(functions && { availableFunctions: functions }),
    });
    return contextText.tokenize(model.tokenizer);
  }

  async #options({ runtime }: LoadedModel, room: number): Promise<GenerateOptions> {
    const { sampling, maxTokens = room, schema, functions, parallelCalls, thoughtTokens } = this.#plan;
    return {
      ...sampling,
      signal: this.#controller.signal,
      maxTokens: Math.min(maxTokens, room),
      ...(schema && { grammar: await runtime.llama.createGrammarForJsonSchema(schema) }),
      ...(functions && { functions }),
      ...(functions && !parallelCalls && { maxParallelFunctionCalls: 1 }),
      ...(thoughtTokens !== undefined && { budgets: { thoughtTokens, includeCurrentResponse: false } }),
      contextShift: {
        // Nothing of the conversation is forgotten to make room: the answer ends where the context does.
        strategy: () => {
          this.#endHere("length");
          return { chatHistory: [{ type: "model", response: [] }] };
        },
      },
      onResponseChunk: (chunk) => this.#onChunk(chunk),
      ...(functions && {
        onFunctionCallParamsChunk: (chunk) => this.#onParams(chunk),
        onFunctionCall: ({ functionName, params }) => this.#onCall(functionName, params),
      }),
    };
  }

  #start(): void {
    const { name, streaming } = this.#call;
    const { warnings } = this.#plan;
    this.#out.unshift({
      type: "start",
      id: uuid(),
      model: name,
      ...(!streaming && { simulated: true }),
      ...(warnings.length > 0 && { warnings }),
    });
  }

  #onChunk({ segmentType, text, tokens }: ResponseChunk): void {
    if (this.#over || this.#endedHere !== undefined) return;
    if (segmentType !== undefined) {
      this.#reasoningTokens += tokens.length;
      if (text !== "") this.#emit({ type: "reasoning-delta", text });
      return;
    }
    const released = this.#stops.push(text);
    if (released !== "") this.#emit({ type: "text-delta", text: released });
    if (this.#stops.found) this.#endHere("stop");
  }

  #onParams({ callIndex, functionName: name, paramsChunk: delta }: FunctionParamsChunk): void {
    const callId = this.#callId(callIndex);
    if (this.#writing?.callId !== callId) this.#writing = { callId, name, text: "" };
    this.#writing.text += delta;
    this.#emit({ type: "tool-input-delta", callId, name, delta });
  }

  #onCall(name: string, params: unknown): void {
    const callId = this.#writing?.callId ?? this.#callId(this.#callIds.length);
    this.#writing = undefined;
    // The params were parsed from JSON, which the grammar enforces.
    this.#emit({ type: "tool-call", callId, name, input: (params ?? {}) as JsonValue });
  }

  #callId(index: number): string {
    this.#callIds[index] ??= `call_${uuid()}`;
    return this.#callIds[index];
  }

  #endHere(reason: FinishReason): void {
    this.#endedHere = { reason };
    this.#controller.abort(new SluiceError("cancelled", "the answer is over"));
  }

  #emit(event: ChatEvent): void {
    this.#out.push(event);
    if (this.#call.streaming) this.#deliver();
  }

  #finish(reason: FinishReason, rawReason?: string): void {
    if (this.#over) return;
    const rest = this.#stops.end();
    if (rest !== "") this.#out.push({ type: "text-delta", text: rest });
    if (this.#writing !== undefined) {
      const { callId, name, text } = this.#writing;
      this.#out.push({ type: "tool-call", callId, name, ...parseToolInput(text) });
    }
    const thinks = this.#model?.wrapper.settings.segments?.thought !== undefined || this.#reasoningTokens > 0;
    const usage = {
      ...this.#usage,
      outputTokens: this.#outputTokens,
      ...(thinks && { reasoningTokens: this.#reasoningTokens }),
    };
    this.#out.push({ type: "finish", reason, ...(rawReason !== undefined && { rawReason }), usage });
    this.#end();
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    this.#failure = SluiceError.from(thrown);
    this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#callOffTimeout?.();
    this.#deliver();
  }

  /** Hands over what there is to a reader that waits. */
  #deliver(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#pace.rest();
    if (this.#out.length > 0) waiting.resolve(this.#take());
    else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else waiting.resolve(undefined);
  }

  /** With each batch the count so far, so that a reader who leaves knows what was spent. */
  #take(): Batch {
    const batch = this.#out;
    this.#out = [];
    if (!this.#over && this.#outputTokens > this.#reportedTokens) {
      this.#reportedTokens = this.#outputTokens;
      batch.push({ type: "usage", usage: { outputTokens: this.#outputTokens } });
    }
    return batch;
  }
}

/** Reasons of node-llama-cpp's (`LlamaChatResponse.metadata.stopReason`). */
const REASONS: Readonly<Record<string, FinishReason>> = {
  eogToken: "stop",
  stopGenerationTrigger: "stop",
  functionCalls: "tool-calls",
  maxTokens: "length",
};

/** How many tokens an answer may have. */
function roomFor(prompt: readonly number[], { contextSize }: LlamaSequence): number {
  const room = contextSize - prompt.length - 1;
  if (room >= 1) return room;
  const message = `the prompt has ${prompt.length} tokens, and the context ${contextSize}: see the option contextSize`;
  throw new SluiceError("context-length", message, { field: "messages" });
}
