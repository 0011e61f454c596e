import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { textOf } from "../../src/stream/message.js";
import type { Diagnostic } from "../../src/workflows/format/diagnostic.js";
import type { WorkflowResult } from "../../src/workflows/run/workflow-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { checkWorkflow, loadWorkflow } from "../../src/workflows/workflow.js";

/** A model that says what it was asked, in brackets, and remembers it. */
export function asking(asked: string[] = [], answer: (asked: string) => string = (text) => `[${text}]`) {
  return defineModel({
    id: "asking",
    capabilities: { tools: true, jsonSchema: true },
    stream({ messages }) {
      const text = textOf(messages.at(-1) ?? { role: "user", content: "" });
      asked.push(text);
      return [answer(text)];
    },
  });
}

/** Runs a workflow of these steps. */
export async function play(
  steps: JsonValue,
  {
    inputs = {},
    services = {},
    ...more
  }: { inputs?: JsonObject; services?: WorkflowServices; [field: string]: unknown } = {},
): Promise<WorkflowResult> {
  const document = { name: "test", ...more, steps };
  const workflow = await loadWorkflow(document, { models: { "*": asking() }, ...services });
  return workflow.run({ inputs }).result;
}

/** What is wrong with a workflow of these steps, a line for each. */
export async function problems(
  steps: JsonValue,
  services: WorkflowServices = {},
  more: JsonObject = {},
): Promise<Diagnostic[]> {
  return (await checkWorkflow({ ...more, steps }, { models: { "*": asking() }, ...services })).diagnostics;
}
