import { type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { checkJsonSchema } from "../../structured/check-json-schema.js";
import type { StepType } from "../steps/step-type.js";
import type { NodePort, WorkflowNode } from "./workflow-node.js";

/** A node of a builder as a type of step, of which there is one. */
export function nodeType(id: string, node: WorkflowNode): StepType {
  const [main = "result"] = Object.keys(node.outputs);
  return {
    type: `node:${id}`,
    about: `The node ${id}.`,
    // What must be there is looked at when the parameters are known.
    inputs: Object.fromEntries(Object.entries(node.inputs).map(([name, port]) => [name, { schema: schemaOf(port) }])),
    results: Object.fromEntries(Object.entries(node.outputs).map(([name, port]) => [name, port.description ?? name])),
    main,
    group: "llm",
    async run(context) {
      const { signal, runId } = context;
      const inputs: JsonObject = {};
      for (const [name, port] of Object.entries(node.inputs)) {
        const value = context.inputs[name] ?? port.default;
        if (value === undefined) continue;
        checkPort(value, port, `${id}.${name}`);
        inputs[name] = value;
      }
      const made: unknown = await node.run(inputs, {
        signal,
        runId,
        nodeId: id,
        read: (stream) => context.read(stream),
      });
      return outputsOf(made, node, id);
    },
  };
}

function schemaOf({ type, description }: NodePort): JsonObject {
  return { ...(type !== undefined && { type }), ...(description !== undefined && { description }) };
}

function checkPort(value: JsonValue, port: NodePort, path: string): void {
  const [issue] = checkJsonSchema(schemaOf(port), value);
  if (issue !== undefined) throw new SluiceError("invalid-argument", `${path}: ${issue.message}`, { field: path });
}

/** The outputs that a node promised. @throws {SluiceError} `tool-failed` where it made something else. */
function outputsOf(made: unknown, { outputs }: WorkflowNode, id: string): JsonObject {
  const text = JSON.stringify(made);
  const value = text === undefined ? undefined : parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SluiceError("tool-failed", `the node ${id} returned no object with its outputs`);
  }
  for (const [name, port] of Object.entries(outputs)) {
    const found = value[name];
    if (found === undefined) throw new SluiceError("tool-failed", `the node ${id} made no ${name}`);
    checkPort(found, port, `${id}.${name}`);
  }
  return value;
}
