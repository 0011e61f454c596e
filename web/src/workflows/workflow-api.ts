import type { JsonObject, JsonValue } from "../../../src/base/json.js";
import type { GraphJson } from "../../../src/server/workflows/graph-json.js";
import type { OpenQuestion, RunStatus, StepRecord } from "../../../src/workflows/engines/engine.js";
import type { Diagnostic } from "../../../src/workflows/format/diagnostic.js";
import { askJson } from "../api/server.js";

/** A workflow that the server has. */
export interface ServedWorkflow {
  name: string;
  description?: string;
  /** JSON Schema of a run's inputs. */
  inputs: JsonObject;
}

/** A workflow with everything that is known of it. */
export interface WorkflowDetails extends ServedWorkflow {
  document: JsonObject;
  graph: GraphJson;
}

/** A run in a list. */
export interface RunSummary {
  id: string;
  workflow: string;
  served: boolean;
  status: RunStatus;
  createdAt: string;
  updatedAt: string;
  /** Questions that wait. */
  waitsFor: number;
  error?: { code: string; message: string };
}

/** A run as the server keeps it. */
export interface RunDetails extends RunSummary {
  inputs: JsonObject;
  document: JsonObject;
  graph?: GraphJson;
  /** What the outermost steps were given, by their ids. */
  given?: Record<string, JsonObject>;
  output?: JsonValue;
  questions: OpenQuestion[];
  steps: StepRecord[];
  /** Where it goes on, or went on last, in the server's log. */
  run?: { id: string; state: "running" | "finished" | "failed" };
}

/** What checking a document found. */
export interface CheckedDocument {
  diagnostics: Diagnostic[];
  name?: string;
  inputs?: JsonObject;
  graph?: GraphJson;
}

/** The server's workflows, and whether it runs documents of callers. */
export async function listWorkflows(): Promise<{ data: ServedWorkflow[]; documents: boolean }> {
  return (await askJson("v1/workflows")) as unknown as { data: ServedWorkflow[]; documents: boolean };
}

/** One of them. */
export async function readWorkflow(name: string): Promise<WorkflowDetails> {
  return (await askJson(`v1/workflows/${encodeURIComponent(name)}`)) as unknown as WorkflowDetails;
}

/** The newest runs. */
export async function listRuns(after?: string): Promise<{ data: RunSummary[]; next?: string }> {
  const place = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
  return (await askJson(`v1/workflow-runs?limit=20${place}`)) as unknown as { data: RunSummary[]; next?: string };
}

/** One run. */
export async function readRun(id: string): Promise<RunDetails> {
  return (await askJson(`v1/workflow-runs/${encodeURIComponent(id)}`)) as unknown as RunDetails;
}

/** Ends a run for good. */
export async function cancelRun(id: string): Promise<void> {
  await askJson(`v1/workflow-runs/${encodeURIComponent(id)}/cancel`, { method: "POST" });
}

/** Everything that is wrong with a document. */
export async function checkDocument(document: string, signal: AbortSignal): Promise<CheckedDocument> {
  const body = { document };
  return (await askJson("v1/workflow-check", { method: "POST", body, signal })) as unknown as CheckedDocument;
}

/** The format as JSON Schema. */
export async function readSchema(): Promise<JsonObject> {
  return (await askJson("v1/workflow-schema")) as JsonObject;
}

/** Documents to begin with. */
export async function readTemplates(): Promise<{ name: string; document: JsonObject }[]> {
  const { data } = (await askJson("v1/workflow-templates")) as unknown as {
    data: { name: string; document: JsonObject }[];
  };
  return data;
}
