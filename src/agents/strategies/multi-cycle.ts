import type { ChatModel } from "../../stream/chat-model.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { callable, exactly, filledString, limit } from "../../stream/checks.js";
import { innerSource } from "../../stream/inner-source.js";
import type { ChatMessage } from "../../stream/message.js";
import { type EndedTurn, endsAnswer, turnsSource } from "../turns-source.js";
import type { AgentStrategy } from "./strategy.js";

/** A cycle that is over. */
export interface Cycle {
  /** Counted from 1. */
  cycle: number;
  /** The text of its answer. */
  text: string;
}

/** Settings of `multiCycle`. */
export interface MultiCycleOptions {
  /** Most cycles. Default 5. */
  maxCycles?: number;
  /** Whether the answer is good enough. Default: it has the words FINAL ANSWER. What it throws ends the run. */
  converged?: (cycle: Cycle, all: readonly Cycle[]) => boolean | Promise<boolean>;
  /** The message to the model before the next cycle. */
  prompt?: string;
}

const PROMPT =
  "Look at your answer. If it can be better, think, act with your tools and answer again in full. " +
  "If it is done, repeat it in full after the words FINAL ANSWER.";

/**
 * Think, act, observe, and again until it converges: each cycle is the agent's whole loop, sees those before it, and streams as
 * steps of the answer. The last cycle's text is the answer.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, multiCycle } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", strategy: multiCycle({ maxCycles: 3 }) });
 * console.log(await agent.chat("Prove that there are infinitely many primes."));
 * ```
 */
export function multiCycle(options: MultiCycleOptions = {}): AgentStrategy {
  exactly("multiCycle", { maxCycles: limit, converged: callable, prompt: filledString })(options, "");
  const { maxCycles = 5, prompt = PROMPT } = options;
  const { converged = ({ text }) => text.includes("FINAL ANSWER") } = options;
  return {
    name: "multi-cycle",
    apply: (model) => ({
      ...model,
      stream(request, call = {}) {
        const again: ChatMessage = { role: "user", content: prompt };
        const cycle = (before: readonly ChatMessage[]) => ({
          source: innerSource(model as ChatModel, { ...request, messages: [...request.messages, ...before] }, call),
        });
        const source = turnsSource(async (ended) => {
          const last = ended.at(-1);
          if (last === undefined) return cycle([]);
          if (endsAnswer(last) || ended.length >= maxCycles) return undefined;
          const cycles = ended.map(asCycle);
          if (await converged(asCycle(last, ended.length - 1), cycles)) return undefined;
          return cycle(ended.flatMap(({ messages }) => [...messages, again]));
        });
        return new ChatStream(source, { signal: call.signal, retain: call.retain });
      },
    }),
  };
}

function asCycle({ text }: EndedTurn, index: number): Cycle {
  return { cycle: index + 1, text };
}
