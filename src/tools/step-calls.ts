import type { FinishReason } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import type { ToolCallPart, ToolResultPart } from "../stream/message.js";
import { addUsage, type Usage } from "../stream/usage.js";
import type { CallRun } from "./call-run.js";

/** A call of the answer. It runs at once where the tool is known; otherwise when the model has ended without answering it. */
interface Called {
  call: ToolCallPart;
  run: CallRun | undefined;
}

/** The calls of one model call, in their order, and how far they are. */
export class StepCalls {
  readonly #called: Called[] = [];
  /** How many there were when what a `retract` takes back began. */
  #mark = 0;
  readonly #voided: (run: CallRun) => void;

  /** @param voided called with a run whose result is not needed any more. */
  constructor(voided: (run: CallRun) => void) {
    this.#voided = voided;
  }

  add(call: ToolCallPart, run: CallRun | undefined): void {
    this.#called.push({ call, run });
  }

  /** A `retract` will take back what comes from here on. */
  mark(): void {
    this.#mark = this.#called.length;
  }

  /** Takes back the calls since the mark. */
  retract(reason: string): void {
    for (const called of this.#called.splice(this.#mark)) this.#void(called, reason);
  }

  /** The model answered its call itself: it is a loop with tools of its own. */
  answered(callId: string): void {
    const index = this.#called.findIndex(({ call, run }) => call.callId === callId && run === undefined);
    if (index !== -1) this.#called.splice(index, 1);
  }

  /**
   * The model has ended: the calls that it has not answered are run, unless its answer does not count. A budget that is used
   * up stops those that run; what is done by then stands.
   */
  end(reason: FinishReason, run: (call: ToolCallPart) => CallRun): void {
    if (reason === "budget") {
      const running = this.#called.filter((called) => called.run?.outcome === undefined);
      for (const called of running) {
        this.#called.splice(this.#called.indexOf(called), 1);
        this.#void(called, "the budget is used up");
      }
    }
    if (reason === "content-filter" || reason === "refusal") {
      for (const called of this.#called.splice(0)) this.#void(called, `the answer ended with ${reason}`);
    }
    for (const called of this.#called) called.run ??= run(called.call);
  }

  /** Nobody waits for any of them. */
  cancel(reason: unknown): void {
    for (const { run } of this.#called) run?.cancel(reason);
  }

  get none(): boolean {
    return this.#called.length === 0;
  }

  get calls(): ToolCallPart[] {
    return this.#called.map(({ call }) => call);
  }

  /** Whether some are still running, or waiting to. */
  get running(): boolean {
    return this.#called.some(({ run }) => run?.outcome === undefined);
  }

  /** Why the stream ends where some wait for somebody outside; `undefined` where none does. */
  get waiting(): "input-required" | "tool-calls" | undefined {
    let waiting: "tool-calls" | undefined;
    for (const { run } of this.#called) {
      if (run?.outcome?.type !== "open") continue;
      if (run.outcome.waitsFor === "input") return "input-required";
      waiting = "tool-calls";
    }
    return waiting;
  }

  /** Of model calls inside tools, as far as it is known; `undefined` if there was none. */
  get innerUsage(): Usage | undefined {
    let usage: Usage | undefined;
    for (const { run } of this.#called) {
      if (run?.usage !== undefined) usage = usage === undefined ? run.usage : addUsage(usage, run.usage);
    }
    return usage;
  }

  /** Whether a call with this id is among those that a `retract` would take back, or before them in the same answer. */
  get(callId: string): ToolCallPart | undefined {
    return this.#called.find(({ call }, index) => index >= this.#mark && call.callId === callId)?.call;
  }

  get results(): ToolResultPart[] {
    return this.#called.flatMap(({ run }) => (run?.outcome?.type === "result" ? [run.outcome.result] : []));
  }

  #void({ run }: Called, reason: string): void {
    if (run === undefined) return;
    run.cancel(new SluiceError("retracted", `the call is void: ${reason}`));
    this.#voided(run);
  }
}
