import type { FinishReason } from "../stream/chat-event.js";
import { addUsage, totalTokens, type Usage } from "../stream/usage.js";
import type { History } from "./history.js";
import type { LoopSettings } from "./loop-settings.js";
import type { StepCalls } from "./step-calls.js";

/** What a loop has done and used so far, and when that is enough. */
export class LoopTotals {
  /** Of the model calls that have ended, and of what ran inside tools. */
  usage: Usage = {};
  readonly #settings: LoopSettings;
  #modelCalls = 0;
  /** Tool calls that were run, or begun. */
  #toolCalls = 0;

  constructor(settings: LoopSettings) {
    this.#settings = settings;
  }

  /** Adds what was used, where anything was. */
  book(usage: Usage | undefined): void {
    if (usage !== undefined) this.usage = addUsage(this.usage, usage);
  }

  /** The model is called. */
  countModelCall(): void {
    this.#modelCalls++;
  }

  /** A tool is called. Returns why it is not run, where there were too many calls. */
  countToolCall(): string | undefined {
    const { maxCalls } = this.#settings;
    return ++this.#toolCalls > maxCalls ? `Not run: no more than ${maxCalls} tool calls are allowed.` : undefined;
  }

  /**
   * Why the stream ends after a step that ended with this reason; `undefined` where the model is called again.
   *
   * @param before of a step that was resumed: its calls, those that were open, and the results that the others had.
   */
  reasonToEnd(
    reason: FinishReason,
    calls: StepCalls,
    { budgetSpent, before }: { budgetSpent: boolean; before: Omit<History, "messages"> },
  ): FinishReason | undefined {
    if (reason === "budget") return reason;
    const { waiting } = calls;
    if (waiting !== undefined) return waiting;
    if (calls.none && reason !== "pause") return reason;
    const { maxSteps, maxTotalTokens, maxCalls, stopWhen } = this.#settings;
    if (stopWhen !== undefined) {
      const answered = before.calls.filter((one) => !before.open.some(({ call }) => call.callId === one.callId));
      const state = {
        steps: this.#modelCalls,
        usage: this.usage,
        calls: [...answered, ...calls.calls],
        results: [...before.results, ...calls.results],
      };
      if (stopWhen(state)) return "stop";
    }
    const spent =
      this.#modelCalls >= maxSteps ||
      this.#toolCalls > maxCalls ||
      (totalTokens(this.usage) ?? 0) >= maxTotalTokens ||
      budgetSpent;
    return spent ? "budget" : undefined;
  }
}
