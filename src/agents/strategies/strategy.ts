import type { ChatModel } from "../../stream/chat-model.js";

/**
 * How an agent comes to its answer: a chat model out of the agent's own one, which answers with its tools. It sees what is asked
 * as messages, and what it emits is the answer.
 *
 * @example
 * ```ts
 * import { wrapModel } from "sluice/models";
 * import type { AgentStrategy } from "sluice/agents";
 *
 * const twiceAsWarm: AgentStrategy = {
 *   name: "warm",
 *   apply: (model) => wrapModel(model, ({ request }) => ({ request: { ...request, temperature: 1 } })),
 * };
 * ```
 */
export interface AgentStrategy {
  /** For events and messages. */
  readonly name: string;
  /** @param model the agent's model with its tools. */
  apply(model: ChatModel): ChatModel;
}
