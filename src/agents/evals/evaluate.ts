import {
  anything,
  between,
  callable,
  exactly,
  filledString,
  limit,
  list,
  signal as signalCheck,
} from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import type { Agent } from "../agent.js";
import type { AgentResult } from "../agent-run.js";
import { type BatchItem, runBatch } from "../strategies/parallel-batch.js";
import { EvalReport, type EvalResult } from "./eval-report.js";
import type { EvalCall, EvalCase, Score, Scorer } from "./scorer.js";

/** Settings of `evaluate`. */
export interface EvaluateOptions {
  /** Most runs at once. Default 4; 1 for models that are recorded or scripted in one order. */
  concurrency?: number;
  /** The least score of each scorer that passes. Default 1. */
  threshold?: number;
  /** Called as each case is scored, in the order of the cases. */
  onResult?: (result: EvalResult) => void;
  /** Stops the evaluation, with error code `cancelled`. */
  signal?: AbortSignal;
}

const checkCase = exactly("a case", {
  name: filledString,
  input: { required: anything },
  expected: anything,
  trajectory: list("an array of names of tools", filledString),
} satisfies Record<keyof EvalCase<unknown>, unknown>);

const checkOptions = exactly("evaluate", {
  concurrency: limit,
  threshold: between(0, 1),
  onResult: callable,
  signal: signalCheck,
} satisfies Record<keyof EvaluateOptions, unknown>);

/**
 * Runs an agent for each case, each as a session of its own, and scores its runs. A run that fails has 0 of every scorer. With a
 * recorded model (`replay`, `scripted`) it needs no key, and stands in a test as any other call does.
 *
 * @throws {SluiceError} `invalid-argument`; what a scorer throws.
 * @example
 * ```ts
 * import { Agent, evaluate, exact } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", instructions: "Answer with one word." });
 * const report = await evaluate(agent, [{ input: "The capital of France?", expected: "Paris" }], [exact()]);
 * if (!report.passed) throw new Error(String(report));
 * ```
 */
export async function evaluate<Inputs, Outputs>(
  agent: Agent<Inputs, Outputs>,
  cases: readonly EvalCase<Inputs, Outputs>[],
  scorers: readonly Scorer<Inputs, Outputs>[],
  options: EvaluateOptions = {},
): Promise<EvalReport> {
  checkOptions(options, "");
  checkList("cases", cases, (one) => typeof one === "object" && one !== null && "input" in one, "a case with an input");
  for (const [index, one] of cases.entries()) checkCase(one, `cases[${index}]`);
  checkList("scorers", scorers, (one) => typeof Reflect.get(Object(one), "score") === "function", "a scorer");
  const { concurrency = 4, threshold = 1, onResult, signal = new AbortController().signal } = options;
  const results: EvalResult[] = [];
  const inputs = cases.map(({ input }) => input);
  let usage: Usage = {};
  for await (const item of runBatch(agent, inputs, { concurrency, signal })) {
    if (signal.aborted) throw new SluiceError("cancelled", "the evaluation was stopped", { cause: signal.reason });
    const one = cases[item.index];
    if (one === undefined) continue;
    const name = one.name ?? String(item.index + 1);
    const scored = await scoredItem(agent, one, item, scorers, signal);
    const passed = Object.values(scored.scores).every(({ score }) => score >= threshold) && scored.error === undefined;
    const result: EvalResult = { name, passed, ...scored };
    if (item.status === "done") usage = addUsage(usage, item.result.usage);
    results.push(result);
    onResult?.(result);
  }
  return new EvalReport(results, usage);
}

async function scoredItem<Inputs, Outputs>(
  agent: Agent<Inputs, Outputs>,
  one: EvalCase<Inputs, Outputs>,
  item: BatchItem<Outputs>,
  scorers: readonly Scorer<Inputs, Outputs>[],
  signal: AbortSignal,
): Promise<Omit<EvalResult, "name" | "passed">> {
  const scores: Record<string, Score> = {};
  if (item.status === "failed") {
    for (const { name } of scorers) scores[name] = { score: 0, reason: `the run failed: ${item.error.code}` };
    return { scores, error: item.error };
  }
  const { result } = item;
  const value = answeredValue(agent, result);
  const run = { case: one, result, value, calls: callsOf(result.messages), signal };
  for (const scorer of scorers) {
    const score = await scorer.score(run);
    const fits = Number.isFinite(score?.score) && score.score >= 0 && score.score <= 1;
    if (!fits) throw invalid(`the score of ${scorer.name}`, score?.score, "a number from 0 to 1");
    scores[scorer.name] = score;
  }
  return { scores, value };
}

function answeredValue<Inputs, Outputs>(
  { signature }: Agent<Inputs, Outputs>,
  { outputs }: AgentResult<Outputs>,
): unknown {
  return signature.textOutput === undefined ? outputs : Reflect.get(Object(outputs), signature.textOutput);
}

function callsOf(messages: readonly ChatMessage[]): EvalCall[] {
  return messages.flatMap(({ role, content }) => {
    if (role !== "assistant" || typeof content === "string") return [];
    return content.flatMap((part) => (part.type === "tool-call" ? [{ name: part.name, input: part.input }] : []));
  });
}

function checkList(field: string, found: unknown, fits: (one: unknown) => boolean, what: string): void {
  if (!Array.isArray(found) || found.length === 0) throw invalid(field, found, `an array with at least ${what}`);
  const names = new Set<unknown>();
  for (const [index, one] of found.entries()) {
    if (!fits(one)) throw invalid(`${field}[${index}]`, one, what);
    const { name } = one as { name?: unknown };
    if (name !== undefined && names.has(name)) throw invalid(`${field}[${index}].name`, name, "a name of its own");
    names.add(name);
  }
}
