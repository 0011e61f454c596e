import { wait } from "../../base/clock.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { DEFAULT_RETRY } from "../../models/http/retry.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import type { StepRecord } from "../engines/engine.js";
import type { PlannedStep } from "../plan/plan.js";
import type { StepResult } from "../steps/step-type.js";
import { itemsOf, loopVariables } from "./items.js";
import type { PlanRun } from "./plan-run.js";
import { evaluateIn } from "./plan-scope.js";
import { RunningStep } from "./running-step.js";
import { InnerScope, type Scope } from "./scope.js";
import { stepFailure } from "./step-failure.js";
import { mainName } from "./step-outputs.js";
import { failedResults, type StepSlot } from "./step-slot.js";
import { Suspended } from "./suspended.js";

/** Runs a step: takes its place, tries it as often as it may be tried, and writes down what it made. */
export async function runStep(plan: PlanRun, slot: StepSlot, key: string): Promise<StepRecord> {
  const { core } = plan;
  const { step } = slot;
  if (!step.type.container) {
    const place = core.places.take(step.group, step.priority);
    if (place !== undefined) await place;
  }
  const began = core.clock.now();
  const startedAt = core.journal === undefined ? "" : new Date().toISOString();
  const stepRun: StepRun = { plan, slot, key, usage: {}, attempts: 0, streamed: new Set() };
  try {
    plan.signal.throwIfAborted();
    const results = step.each === undefined ? await attempts(stepRun, key, plan.scope) : await eachItem(stepRun);
    const { usage, attempts: tried } = stepRun;
    const elapsedMs = core.clock.now() - began;
    const record: StepRecord = { key, status: "completed", results, usage, attempts: tried, startedAt, elapsedMs };
    const kept = core.journal?.record(record);
    if (kept !== undefined) await kept;
    core.progress({ step: key, type: step.type.type, state: "completed", attempt: tried, elapsedMs });
    return record;
  } finally {
    if (!step.type.container) core.places.give(step.group);
  }
}

/** One run of a step, over all its attempts and items. */
export interface StepRun {
  plan: PlanRun;
  slot: StepSlot;
  key: string;
  usage: Usage;
  attempts: number;
  /** The keys, of the step or its items, that streamed in this process. */
  streamed: Set<string>;
}

async function attempts(run: StepRun, key: string, scope: Scope): Promise<StepResult> {
  const { plan, slot } = run;
  const { retry } = slot.step;
  for (let attempt = 1; ; attempt++) {
    run.attempts++;
    try {
      return await attemptOnce(run, key, scope, attempt);
    } catch (thrown) {
      if (thrown instanceof Suspended || attempt >= retry.attempts || plan.signal.aborted) throw thrown;
      const error = SluiceError.from(thrown, "tool-failed");
      if (error.code === "invalid-argument") throw thrown;
      const type = slot.step.type.type;
      const usual = retry.delayMs * retry.factor ** (attempt - 1);
      const { retryAfterMs: delay = usual } = error;
      // As with models: what is asked to wait longer fails, and says when to come back.
      if (delay > Math.max(usual, DEFAULT_RETRY.maxDelayMs)) throw thrown;
      plan.core.progress({ step: key, type, state: "retrying", attempt, message: error.message });
      if (delay > 0) await wait(delay, plan.core.clock, plan.signal);
    }
  }
}

async function attemptOnce(run: StepRun, key: string, scope: Scope, attempt: number): Promise<StepResult> {
  const { plan, slot } = run;
  const { step } = slot;
  if (attempt === 1) plan.core.progress({ step: key, type: step.type.type, state: "started", attempt });
  if (step.timeoutMs === undefined) {
    const running = new RunningStep(run, { key, scope, attempt, signal: plan.signal });
    return resultsOf(step, await step.type.run(running));
  }
  const stop = new AbortController();
  const onAbort = () => stop.abort(plan.signal.reason);
  plan.signal.addEventListener("abort", onAbort, { once: true });
  const { timeoutMs } = step;
  const late = new SluiceError("total-timeout", `no result after ${timeoutMs} ms (timeout_seconds)`, {
    retryable: true,
  });
  const callOff = plan.core.clock.after(timeoutMs, () => stop.abort(late));
  const running = new RunningStep(run, { key, scope, attempt, signal: stop.signal });
  try {
    // A step that does not listen is left behind.
    return resultsOf(step, await Promise.race([step.type.run(running), whenAborted(stop.signal)]));
  } finally {
    callOff();
    plan.signal.removeEventListener("abort", onAbort);
  }
}

/** A type may be the user's own. */
function resultsOf({ type }: PlannedStep, found: StepResult): StepResult {
  if (isJsonObject(found)) return found;
  throw invalid(`the results of a step of type ${type.type}`, found, "an object");
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Runs a step once for each item of its `loop.over`. Where the run goes on after failures, an item that fails leaves the others. */
async function eachItem(run: StepRun): Promise<StepResult> {
  const { plan, slot, key } = run;
  const { step } = slot;
  const each = step.each;
  const items = itemsOf(each === undefined ? null : evaluateIn(plan.scope, each.over));
  const all: StepResult[] = [];
  for (const [index, item] of items.entries()) {
    const itemKey = `${key}[${index}]`;
    const before = plan.core.journal?.step(itemKey);
    if (before !== undefined) {
      all.push(before.results);
      continue;
    }
    const variables = loopVariables(item, index, items.length, each?.as);
    let failure: SluiceError | undefined;
    const results = await itemOnce(run, itemKey, variables, index).catch((thrown: unknown) => {
      if (step.onError.action !== "continue" || thrown instanceof Suspended || plan.signal.aborted) throw thrown;
      failure = stepFailure(step, itemKey, thrown);
      return failedResults(step, failure);
    });
    all.push(results);
    if (failure !== undefined)
      plan.core.progress({ step: itemKey, type: step.type.type, state: "failed", message: failure.message });
    await plan.core.journal?.record({
      key: itemKey,
      status: failure === undefined ? "completed" : "failed",
      results,
      usage: {},
      attempts: 1,
      startedAt: new Date().toISOString(),
      elapsedMs: 0,
      ...(failure !== undefined && { error: { code: failure.code, message: failure.message } }),
    });
  }
  const main = mainName(step);
  return { [main]: all.map((results) => results[main] ?? results), results: all, count: all.length };
}

function itemOnce(run: StepRun, key: string, variables: JsonObject, index: number): Promise<StepResult> {
  const { plan, slot } = run;
  const body = slot.step.each?.body;
  if (body !== undefined) return bodyOnce(run, body, variables, index);
  return attempts(run, key, new InnerScope(plan.scope, variables));
}

async function bodyOnce(run: StepRun, body: string, variables: JsonObject, index: number): Promise<StepResult> {
  const { plan, slot, key } = run;
  const running = new RunningStep(run, { key, scope: plan.scope, attempt: 1, signal: plan.signal });
  const { results, output } = await running.runBody(body, String(index), variables);
  return { ...results, [mainName(slot.step)]: output };
}

/** Adds what an inner stream or body used. */
export function addUsed(run: StepRun, usage: Usage): void {
  run.usage = addUsage(run.usage, usage);
  run.plan.core.used(usage);
}
