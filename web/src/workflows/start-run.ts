import { effect } from "@preact/signals";
import type { JsonObject } from "../../../src/base/json.js";
import type { GraphJson } from "../../../src/server/workflows/graph-json.js";
import { goTo } from "../shell/route.js";
import { LiveRun } from "./live-run.js";
import { openRuns } from "./open-runs.js";

/** Begins a run and goes to it as soon as it has an id. @throws {SluiceError} what refuses it. */
export function startRun(
  { graph, name }: { graph: GraphJson; name: string },
  path: string,
  body: { inputs: JsonObject; document?: string },
): Promise<void> {
  const run = new LiveRun(graph, name);
  return new Promise((resolve, reject) => {
    const leave = effect(() => {
      const id = run.id.value;
      if (id === "") return;
      openRuns.set(id, run);
      resolve();
      queueMicrotask(() => {
        leave();
        goTo(["workflows", "run", id]);
      });
    });
    run.begin(path, body).catch((thrown: unknown) => {
      leave();
      reject(thrown);
    });
  });
}
