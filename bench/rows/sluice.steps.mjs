import { DbosEngine, loadWorkflow } from "sluice/workflows";
import { STEPS } from "../durable-steps.mjs";

/** @type {import("../durable-steps.mjs").OpenSteps} */
export async function openSteps(databaseUrl) {
  const engine = await DbosEngine.open(databaseUrl);
  const steps = Array.from({ length: STEPS }, (_, index) => ({
    id: `s${index}`,
    type: "function",
    config: { function: "idle" },
    ...(index > 0 && { depends_on: `s${index - 1}` }),
  }));
  const workflow = await loadWorkflow({ steps }, { functions: { idle: () => 1 } });
  return {
    async run() {
      const { results } = await workflow.run({ engine }).result;
      return Object.keys(results).length;
    },
    close: () => engine.close(),
  };
}
