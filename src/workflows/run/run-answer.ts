import type { Batch } from "../../stream/batch-source.js";
import type { WorkflowPlan } from "../plan/plan.js";
import type { StepSlot } from "./step-slot.js";

/** A step's way to the run's answer. */
export interface AnswerVoice {
  say(text: string): void | Promise<void>;
  retract(reason: string): void;
}

/**
 * The run's answer: the text of the last step that answers. A step may speak while it runs once no later one can answer
 * any more; one that could not is heard at the end.
 */
export class RunAnswer {
  readonly #plan: WorkflowPlan;
  readonly #slots: readonly StepSlot[];
  readonly #write: (events: Batch) => void | Promise<void>;
  /** Whether each step may speak, as it was decided at its first word. */
  readonly #may = new Map<StepSlot, boolean>();
  #speaker: StepSlot | undefined;
  #emitted = false;

  constructor(plan: WorkflowPlan, slots: readonly StepSlot[], write: (events: Batch) => void | Promise<void>) {
    this.#plan = plan;
    this.#slots = slots;
    this.#write = write;
  }

  /** The way of a step that streams and is itself the answer, since no other step answers. */
  direct(slot: StepSlot): AnswerVoice | undefined {
    if (slot.step.type.answers || !this.#mayBeFinal(slot)) return undefined;
    return { say: (text) => this.say(slot, text), retract: (reason) => this.retract(slot, reason) };
  }

  say(slot: StepSlot, text: string): void | Promise<void> {
    let may = this.#may.get(slot);
    if (may === undefined) {
      may = this.#mayBeFinal(slot) && (this.#speaker === undefined || this.#speaker === slot);
      this.#may.set(slot, may);
      if (may) this.#speaker = slot;
    }
    if (!may || text === "") return undefined;
    this.#emitted = true;
    return this.#write([{ type: "text-delta", text }]);
  }

  retract(slot: StepSlot, reason: string): void {
    if (this.#speaker !== slot) return;
    if (this.#emitted) void this.#write([{ type: "retract", reason }]);
    this.#emitted = false;
  }

  /** Says what was not heard yet. @param final the step that answers, and its text. */
  finish(final: StepSlot | undefined, text: string): void | Promise<void> {
    if (this.#speaker !== undefined && this.#speaker === final) return undefined;
    if (this.#emitted) void this.#write([{ type: "retract", reason: "another step answers" }]);
    return text === "" ? undefined : this.#write([{ type: "text-delta", text }]);
  }

  #mayBeFinal({ step }: StepSlot): boolean {
    const { answers } = this.#plan;
    return (
      answers.includes(step.index) &&
      answers.every((index) => index <= step.index || this.#slots[index]?.state === "skipped")
    );
  }
}
