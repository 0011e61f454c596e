import type { AgentStrategy } from "./strategy.js";

/** The agent's loop of model calls and tools, once: what an agent does where it has no strategy. */
export function singleShot(): AgentStrategy {
  return { name: "single-shot", apply: (model) => model };
}
