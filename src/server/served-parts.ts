import { modelOf } from "../models/model-of.js";
import { CostMeter } from "../models/prices/cost-meter.js";
import { invalid } from "../stream/error.js";
import { traced } from "../telemetry/traced.js";
import type { WorkflowEngine } from "../workflows/engines/engine.js";
import { MemoryEngine } from "../workflows/engines/memory-engine.js";
import type { Workflow } from "../workflows/workflow.js";
import { withFetchedFiles } from "./protect/fetch-files.js";
import { routedModels } from "./routing/routed-models.js";
import type { ServedKind, ServedModel } from "./served-models.js";
import type { ServerOptions } from "./server-options.js";

/** What is served, with names, and the engine that keeps the runs of workflows. */
export interface ServedParts {
  models: ServedModel[];
  /** Those that are more than chat models, by name. */
  workflows: Map<string, Workflow>;
  engine: WorkflowEngine;
}

/** What is served. @throws {SluiceError} as `model` does; `invalid-argument` for what is no model. */
export function servedOf(options: ServerOptions): ServedParts {
  const { models, agents, workflows, engine = new MemoryEngine(), ...routing } = options;
  const whole = new Map<string, Workflow>();
  const run: ServedModel[] = [];
  for (const { name, one, path } of named("workflow", workflows)) {
    if (!isWorkflow(one)) run.push(servedModel("workflow", { name, one, path }));
    else {
      const model = one.asModel({ engine });
      run.push({ name: name ?? model.id, kind: "workflow", model });
      whole.set(name ?? model.id, one);
    }
  }
  const answering = [
    ...named("model", models).map((one) => servedModel("model", one)),
    ...named("agent", agents).map((one) => servedModel("agent", one)),
  ];
  const routed = routedModels([...answering.map((one) => watched(one, options)), ...run], routing);
  return { models: routed.map((one) => fetching(one, options)), workflows: whole, engine };
}

/** What is served, with what clients name by address fetched here, where the server is to do that. */
function fetching(one: ServedModel, { fetchFiles }: ServerOptions): ServedModel {
  if (fetchFiles === undefined) return one;
  return { ...one, model: { ...one.model, ...withFetchedFiles(one.model, fetchFiles) } };
}

/** What is served, with a span for each call of a model. */
function watched(one: ServedModel, { telemetry = false }: ServerOptions): ServedModel {
  if (telemetry === false) return one;
  const settings = telemetry === true ? { cost: (id: string) => new CostMeter(id) } : telemetry;
  return { ...one, model: { ...one.model, ...traced(one.model, settings) } };
}

interface Named<T> {
  /** Absent in a list. */
  name: string | undefined;
  one: T;
  /** For errors. */
  path: string;
}

function servedModel(kind: ServedKind, { name, one, path }: Named<unknown>): ServedModel {
  const model = modelOf(one, path);
  return { name: name ?? model.id, kind, model };
}

function named<T>(kind: ServedKind, served: Readonly<Record<string, T>> | readonly T[] = []): Named<T>[] {
  const isList = (value: typeof served): value is readonly T[] => Array.isArray(value);
  const entries: [string | undefined, T][] = isList(served)
    ? served.map((one) => [undefined, one])
    : Object.entries(served);
  return entries.map(([name, one], index) => {
    const path = `${kind}s.${name ?? index}`;
    if (name === "") throw invalid(path, name, "a name that is not empty");
    return { name, one, path };
  });
}

/** Whether a value is a workflow, also of another copy of the package. */
function isWorkflow(value: unknown): value is Workflow {
  return typeof value === "object" && value !== null && "asModel" in value && "plan" in value && "document" in value;
}
