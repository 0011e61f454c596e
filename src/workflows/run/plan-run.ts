import { setMaxListeners } from "node:events";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { StepRecord } from "../engines/engine.js";
import { isTrue } from "../format/truth.js";
import { END, type LoopBack, type WorkflowPlan } from "../plan/plan.js";
import { nextOf, targetName } from "./choose-route.js";
import { type Followers, followersOf } from "./followers.js";
import { evaluateIn, PlanScope } from "./plan-scope.js";
import { readinessOf } from "./readiness.js";
import type { RunAnswer } from "./run-answer.js";
import type { RunCore } from "./run-core.js";
import type { Scope } from "./scope.js";
import { stepFailure } from "./step-failure.js";
import { runStep } from "./step-run.js";
import { failedResults, isSettled, type StepSlot } from "./step-slot.js";
import { Suspended } from "./suspended.js";

/** How a plan ended. */
export type PlanOutcome = "completed" | "waiting";

/** Runs the steps of a plan: each as soon as what it needs is there. */
export class PlanRun {
  readonly core: RunCore;
  readonly plan: WorkflowPlan;
  /** What its steps see: one another's outputs, and what is around the plan. */
  readonly scope: PlanScope;
  /** Stands before the keys of its steps. */
  readonly prefix: string;
  readonly slots: readonly StepSlot[];
  /** The run's answer; only steps of the outermost plan give it. */
  answering: RunAnswer | undefined;
  readonly #followers: Followers;
  readonly #stop = new AbortController();
  readonly #outside: AbortSignal;
  #active = 0;
  #waiting = 0;
  #over = false;
  #back: LoopBack[] = [];
  /** Where it left the loop for of which it is the body; empty: for what comes after it. */
  left: string | undefined;
  #settled: number[] = [];
  /** Who waits for a step to be over. */
  #watchers: (() => void)[] = [];
  #settle: { resolve: (outcome: PlanOutcome) => void; reject: (error: unknown) => void } | undefined;

  constructor(core: RunCore, plan: WorkflowPlan, around: Scope, prefix: string, signal: AbortSignal) {
    this.core = core;
    this.plan = plan;
    this.prefix = prefix;
    this.#outside = signal;
    this.slots = plan.steps.map((step) => ({
      step,
      state: "pending",
      results: undefined,
      rounds: 0,
      history: [],
      chosen: false,
      live: undefined,
    }));
    this.scope = new PlanScope(plan, this.slots, around);
    this.#followers = followersOf(plan);
    // Each running step listens.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Ended as soon as a step fails, or the run is stopped. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Runs all steps that can run. Rejects with the first failure that no step's `on_error` takes. */
  async execute(): Promise<PlanOutcome> {
    this.#outside.throwIfAborted();
    const onAbort = () => this.#fail(this.#outside.reason);
    this.#outside.addEventListener("abort", onAbort, { once: true });
    try {
      return await new Promise<PlanOutcome>((resolve, reject) => {
        this.#settle = { resolve, reject };
        this.#active++;
        for (const slot of this.slots) this.#consider(slot);
        this.#active--;
        this.#rest();
      });
    } finally {
      this.#outside.removeEventListener("abort", onAbort);
    }
  }

  /** A step has begun to stream: those that read it live may begin. */
  goLive(slot: StepSlot): void {
    for (const index of this.#followers.needs[slot.step.index] ?? []) this.#considerAt(index);
  }

  /** Resolves when a step is over. */
  async settled(slot: StepSlot): Promise<void> {
    while (!isSettled(slot) && !this.#over) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Whether anything reads a step's text while it is written. */
  hasLiveReaders({ step }: StepSlot): boolean {
    return (this.#followers.needs[step.index] ?? []).some((index) =>
      this.plan.steps[index]?.needs.some((need) => need.live && need.from === step.index),
    );
  }

  keyOf({ step, rounds }: StepSlot): string {
    return `${this.prefix}${step.id}${rounds > 1 ? `#${rounds}` : ""}`;
  }

  #considerAt(index: number): void {
    const slot = this.slots[index];
    if (slot !== undefined) this.#consider(slot);
  }

  /** Begins a step, or skips it, if everything that decides it is known. */
  #consider(slot: StepSlot): void {
    if (this.#over || slot.state !== "pending") return;
    const readiness = readinessOf(slot, this.slots);
    if (readiness === "skip") this.#skip(slot);
    else if (readiness === "begin") this.#begin(slot);
  }

  #begin(slot: StepSlot): void {
    slot.rounds++;
    if (slot.rounds > slot.step.maxIterations) {
      const message = `more than ${slot.step.maxIterations} rounds (max_iterations)`;
      this.#fail(stepFailure(slot.step, this.keyOf(slot), new SluiceError("invalid-argument", message)));
      return;
    }
    slot.state = "running";
    this.#active++;
    void this.#run(slot).then(
      () => this.#done(),
      (thrown: unknown) => {
        this.#fail(thrown);
        this.#done();
      },
    );
  }

  #done(): void {
    this.#active--;
    this.#rest();
  }

  async #run(slot: StepSlot): Promise<void> {
    const { step } = slot;
    const key = this.keyOf(slot);
    if (step.condition !== undefined && !this.#holds(slot)) {
      this.#skip(slot, step.condition.otherwise);
      return;
    }
    const before = this.core.journal?.step(key);
    if (before !== undefined) {
      this.#adopt(slot, before, key);
      return;
    }
    try {
      const record = await runStep(this, slot, key);
      if (this.#over) return;
      slot.results = record.results;
      this.#settleAs(slot, "completed", this.#choiceOf(slot));
    } catch (thrown) {
      if (thrown instanceof Suspended) this.#suspend(slot, key);
      else await this.#failed(slot, key, thrown);
    }
  }

  #holds({ step }: StepSlot): boolean {
    const bound = step.condition;
    if (bound === undefined) return true;
    const value = bound.condition.test((name) => {
      const binding = bound.bindings.get(name);
      return binding === undefined ? undefined : evaluateIn(this.scope, binding);
    });
    return isTrue(value);
  }

  /** A step that ran before this process took the run is not run again. */
  #adopt(slot: StepSlot, record: StepRecord, key: string): void {
    slot.results = record.results;
    this.core.used(record.usage);
    this.core.progress({ step: key, type: slot.step.type.type, state: "resumed" });
    if (record.status === "completed") this.#settleAs(slot, "completed", this.#choiceOf(slot));
    else this.#settleFailed(slot);
  }

  #suspend(slot: StepSlot, key: string): void {
    slot.state = "waiting";
    slot.rounds--;
    this.#waiting++;
    this.core.progress({ step: key, type: slot.step.type.type, state: "waiting" });
  }

  async #failed(slot: StepSlot, key: string, thrown: unknown): Promise<void> {
    const { step } = slot;
    if (this.#over) return;
    const error = stepFailure(step, key, thrown);
    slot.live?.end(error);
    this.core.progress({ step: key, type: step.type.type, state: "failed", message: error.message });
    if (step.onError.action === "fail") {
      slot.state = "failed";
      throw error;
    }
    slot.results = failedResults(step, error);
    const { code, message } = error;
    await this.core.journal?.record({
      key,
      status: "failed",
      results: slot.results,
      usage: {},
      attempts: step.retry.attempts,
      startedAt: new Date().toISOString(),
      elapsedMs: 0,
      error: { code, message },
    });
    this.#settleFailed(slot);
  }

  #settleFailed(slot: StepSlot): void {
    const { onError } = slot.step;
    if (onError.action === "go") this.#settleAs(slot, "skipped", onError.to, true);
    else this.#settleAs(slot, "failed", this.#choiceOf(slot));
  }

  #choiceOf(slot: StepSlot): number | undefined {
    const choice = nextOf(slot);
    const { id, routes } = slot.step;
    if (routes !== undefined) this.core.emitData("workflow/route", { step: id, to: targetName(this.plan, choice) });
    return choice;
  }

  #skip(slot: StepSlot, choice?: number): void {
    slot.results = undefined;
    this.core.progress({ step: `${this.prefix}${slot.step.id}`, type: slot.step.type.type, state: "skipped" });
    this.#settleAs(slot, "skipped", choice);
  }

  /** @param keep leaves what a failed step made readable for the step that deals with the failure. */
  #settleAs(slot: StepSlot, state: "completed" | "skipped" | "failed", choice: number | undefined, keep = false): void {
    if (this.#over) return;
    const { index } = slot.step;
    const back =
      choice === undefined ? undefined : this.plan.loops.find(({ from, to }) => from === index && to === choice);
    if (slot.results !== undefined && slot.step.keepsHistory) slot.history.push(slot.results);
    slot.state = state;
    slot.live?.end();
    if (!keep && state === "skipped") slot.results = undefined;
    if (back !== undefined) {
      // Nothing after the loop begins before it is over.
      slot.state = "running";
      this.#back.push(back);
      this.#goBack();
      return;
    }
    if (choice !== undefined && choice <= END) {
      if (choice < END) this.left ??= this.plan.leaves[END - 1 - choice];
      this.#endAfter(index);
    } else if (choice !== undefined) {
      const target = this.slots[choice];
      if (target?.state === "pending" && target.step.gates.includes(index)) target.chosen = true;
    }
    for (const resolve of this.#watchers.splice(0)) resolve();
    this.#settled.push(index);
    if (this.#settled.length === 1) this.#considerFollowers();
  }

  /** One after the other, not one inside the other: a chain of skipped steps may be as long as the workflow. */
  #considerFollowers(): void {
    for (let at = 0; at < this.#settled.length; at++) {
      const index = this.#settled[at] ?? 0;
      for (const follower of this.#followers.needs[index] ?? []) this.#considerAt(follower);
      for (const follower of this.#followers.gates[index] ?? []) this.#considerAt(follower);
    }
    this.#settled = [];
    if (this.#back.length > 0) this.#goBack();
  }

  /** The run ends here: what has not begun, and comes after in the file, is skipped. */
  #endAfter(index: number): void {
    for (const slot of this.slots) {
      if (slot.step.index <= index || slot.state !== "pending") continue;
      slot.state = "skipped";
      slot.results = undefined;
    }
  }

  /** Everything from the step that is gone back to runs again, once nothing of it is running. */
  #goBack(): void {
    for (const back of [...this.#back]) {
      const region = this.slots.slice(back.to, back.from + 1);
      const busy = region.some(
        ({ state, step }) => step.index !== back.from && (state === "running" || state === "waiting"),
      );
      if (busy) continue;
      this.#back = this.#back.filter((other) => other !== back);
      for (const slot of region) {
        slot.state = "pending";
        slot.chosen = slot.step.index === back.to;
        slot.live = undefined;
      }
      for (const slot of region) this.#consider(slot);
    }
  }

  /** When nothing runs any more, the plan is over or waits. */
  #rest(): void {
    if (this.#over || this.#active > 0) return;
    const open = this.slots.filter(({ state }) => state === "pending");
    this.#over = true;
    if (this.#waiting === 0 && open.length > 0) {
      const ids = open.map(({ step }) => step.id).join(", ");
      this.#settle?.reject(new SluiceError("protocol", `these steps can never run: ${ids}`));
    } else this.#settle?.resolve(this.#waiting > 0 ? "waiting" : "completed");
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop.abort(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
    for (const { live } of this.slots) live?.end(thrown);
    for (const resolve of this.#watchers.splice(0)) resolve();
    this.#settle?.reject(thrown);
  }
}
