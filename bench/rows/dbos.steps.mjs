import { DBOS } from "@dbos-inc/dbos-sdk";
import { STEPS } from "../durable-steps.mjs";

/** @type {import("../durable-steps.mjs").OpenSteps} */
export async function openSteps(databaseUrl) {
  const idle = DBOS.registerStep(async () => 1, { name: "idle" });
  const workflow = DBOS.registerWorkflow(
    async () => {
      let ran = 0;
      for (let step = 0; step < STEPS; step++) ran += await idle();
      return ran;
    },
    { name: "steps" },
  );
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: databaseUrl, logLevel: "error" });
  await DBOS.launch();
  return { run: () => workflow(), close: () => DBOS.shutdown() };
}
