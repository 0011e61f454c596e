import type { CallOptions } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatMessage, ToolCallPart } from "../stream/message.js";
import { Slots } from "../stream/slots.js";
import { CallRun, type RunListener } from "./call-run.js";
import type { OpenCall } from "./history.js";
import type { LoopSettings } from "./loop-settings.js";
import type { LoopTotals } from "./loop-totals.js";
import { RequestIds } from "./request-ids.js";
import type { RunSettings } from "./run-settings.js";
import { Toolbox } from "./toolbox.js";

/** Runs the calls of a tool loop, and keeps what those of all its steps share. */
export class ToolRunner {
  /** The tools that there are now. */
  toolbox = new Toolbox([]);
  readonly #settings: LoopSettings;
  readonly #context: CallOptions["context"];
  readonly #totals: LoopTotals;
  readonly #listener: RunListener;
  readonly #slots: Slots;
  readonly #callersTools: ReadonlySet<string>;
  readonly #requestIds: RequestIds;
  /** Inner streams that each tool call had so far. */
  readonly #attempts = new Map<string, number>();

  constructor(
    { messages, tools }: ChatRequest,
    { context }: CallOptions,
    settings: LoopSettings,
    totals: LoopTotals,
    listener: RunListener,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#totals = totals;
    this.#listener = listener;
    this.#slots = new Slots(settings.concurrency);
    this.#callersTools = new Set(tools?.flatMap(({ name }) => (name === undefined ? [] : [name])));
    this.#requestIds = new RequestIds(messages, context?.callPath);
  }

  /** What the runs of one step have in common. @param messages that its model was sent. */
  runSettings(messages: readonly ChatMessage[]): RunSettings {
    const { timeoutMs, clock, onInput, repairArguments, observe, maxResultChars } = this.#settings;
    return {
      tools: this.toolbox,
      callersTools: this.#callersTools,
      messages,
      slots: this.#slots,
      timeoutMs,
      clock,
      maxResultChars,
      onInput,
      repairArguments,
      observe,
      context: this.#context,
      requestId: this.#requestIds.next,
      nextAttempt: this.#nextAttempt,
    };
  }

  /** Begins a call. @param resumed what was asked and answered before, where the call is resumed. */
  run(call: ToolCallPart, settings: RunSettings, resumed?: OpenCall): CallRun {
    return new CallRun(call, settings, this.#listener, resumed).start(this.#totals.countToolCall());
  }

  readonly #nextAttempt = (name: string, callId: string): number => {
    const key = `${name} ${callId}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  };
}
