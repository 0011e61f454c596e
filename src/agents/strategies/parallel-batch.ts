import { uuid } from "../../base/uuid.js";
import { CALL_OPTIONS } from "../../stream/call-options.js";
import { boolean, callable, exactly, having, limit } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { Agent, AgentInput } from "../agent.js";
import type { AgentRunOptions } from "../agent-options.js";
import type { AgentResult } from "../agent-run.js";

/** How one item of a batch went. */
export type BatchItem<Outputs> =
  | { index: number; status: "done"; result: AgentResult<Outputs> }
  | { index: number; status: "failed"; error: SluiceError };

/** Settings of `runBatch`. */
export interface BatchOptions<Outputs> extends Omit<AgentRunOptions, "sessionId"> {
  /** Most runs at once. Default 10. */
  concurrency?: number;
  /** Ends the batch at the first failure, with its error. Default false: failures are results. */
  failFast?: boolean;
  /** Called as each item ends, in the order in which they do. */
  onProgress?: (done: number, item: BatchItem<Outputs>) => void;
}

/**
 * Runs an agent for each item, several at once. Results come in the order of the items, each as soon as it and those before it
 * are there; no more items are taken than run, so that a batch may be endless. Leaving the loop stops what runs. Each item is a
 * session of its own.
 *
 * @throws {SluiceError} `invalid-argument`; with `failFast` the error of the first item that failed.
 * @example
 * ```ts
 * import { Agent, runBatch } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini" });
 * for await (const item of runBatch(agent, ["one", "two"], { concurrency: 2 })) {
 *   console.log(item.index, item.status === "done" ? item.result.text : item.error.message);
 * }
 * ```
 */
export function runBatch<Inputs, Outputs>(
  agent: Agent<Inputs, Outputs>,
  items: Iterable<AgentInput<Inputs>> | AsyncIterable<AgentInput<Inputs>>,
  options: BatchOptions<Outputs> = {},
): AsyncGenerator<BatchItem<Outputs>, void, undefined> {
  having("an agent", "run")(agent, "agent");
  checkOptions(options, "");
  return resultsOf(agent, iteratorOf(items), options);
}

async function* resultsOf<Inputs, Outputs>(
  agent: Agent<Inputs, Outputs>,
  source: Iterator<AgentInput<Inputs>> | AsyncIterator<AgentInput<Inputs>>,
  { concurrency = 10, failFast = false, onProgress, ...call }: BatchOptions<Outputs>,
): AsyncGenerator<BatchItem<Outputs>, void, undefined> {
  const left = new AbortController();
  const signal = call.signal === undefined ? left.signal : AbortSignal.any([call.signal, left.signal]);
  const running: Promise<BatchItem<Outputs>>[] = [];
  let index = 0;
  let done = 0;
  const begin = async (input: AgentInput<Inputs>, at: number): Promise<BatchItem<Outputs>> => {
    let item: BatchItem<Outputs>;
    try {
      const result = await agent.run(input, { ...call, signal, sessionId: uuid() });
      item = { index: at, status: "done", result };
    } catch (thrown) {
      item = { index: at, status: "failed", error: SluiceError.from(thrown) };
    }
    onProgress?.(++done, item);
    return item;
  };
  let exhausted = false;
  const fill = async () => {
    while (!exhausted && running.length < concurrency) {
      const next = await source.next();
      if (next.done === true) exhausted = true;
      else running.push(begin(next.value, index++));
    }
  };
  try {
    for (;;) {
      await fill();
      const first = running.shift();
      if (first === undefined) return;
      const item = await first;
      if (failFast && item.status === "failed") throw item.error;
      yield item;
    }
  } finally {
    left.abort(new SluiceError("cancelled", "the batch is over"));
    await source.return?.();
  }
}

function iteratorOf<Item>(items: Iterable<Item> | AsyncIterable<Item>): Iterator<Item> | AsyncIterator<Item> {
  if (typeof items === "object" && items !== null) {
    if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
    if (Symbol.iterator in items) return items[Symbol.iterator]();
  }
  throw invalid("items", items, "what can be iterated over: an array, or a generator");
}

const { retain: _, ...CALL } = CALL_OPTIONS;
const checkOptions = exactly("runBatch", {
  concurrency: limit,
  failFast: boolean,
  onProgress: callable,
  ...CALL,
} satisfies Record<keyof BatchOptions<unknown>, unknown>);
