import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { jsonObject } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { WorkflowServices } from "../services.js";
import type { StepType } from "../steps/step-type.js";
import { loadWorkflow, type Workflow } from "../workflow.js";
import type { WorkflowNode } from "./workflow-node.js";

/** A node of a workflow that was built. */
export interface BuiltNode {
  id: string;
  type: StepType;
  config: JsonObject;
  inputs: JsonObject;
  /** Of a node that is an instance. */
  node?: WorkflowNode;
}

/** An output that is an input of another node. */
export interface Connection {
  from: string;
  output: readonly string[];
  to: string;
  input: string;
}

/** A workflow that a builder made. Run it with a `LocalRuntime`. */
export class BuiltWorkflow {
  /** As it was given to the builder. */
  readonly name: string;
  readonly #nodes: ReadonlyMap<string, BuiltNode>;
  readonly #connections: readonly Connection[];
  readonly #services: WorkflowServices;

  /** Use `WorkflowBuilder`. */
  constructor(
    name: string,
    nodes: ReadonlyMap<string, BuiltNode>,
    connections: readonly Connection[],
    services: WorkflowServices,
  ) {
    this.name = name;
    this.#nodes = nodes;
    this.#connections = connections;
    this.#services = services;
  }

  /** The same workflow as a document, without what is given when it runs. */
  get document(): JsonObject {
    return this.#document(new Map());
  }

  /**
   * The workflow with its parameters, checked as a whole.
   *
   * @param parameters by node (`{ chat: { message: "Hi" } }`) or flat (`{ message: "Hi" }`); they win over connections.
   * @throws {SluiceError} `invalid-argument` for a parameter that no node or several nodes have, for an input that is
   *   missing, and for whatever else is wrong.
   */
  async load(parameters: JsonObject = {}): Promise<{ workflow: Workflow; inputs: JsonObject }> {
    jsonObject(parameters, "parameters");
    const given = this.#parameters(parameters);
    this.#refuseMissing(given);
    const instances = [...this.#nodes.values()].flatMap(({ node, type }) => (node === undefined ? [] : [type]));
    const services = { ...this.#services, stepTypes: [...(this.#services.stepTypes ?? []), ...instances] };
    const workflow = await loadWorkflow(this.#document(given), services);
    return { workflow, inputs: Object.fromEntries(given) };
  }

  #document(given: ReadonlyMap<string, JsonValue>): JsonObject {
    const steps = [...this.#nodes.values()].map(({ id, type, config, inputs }): JsonObject => {
      const all: JsonObject = { ...inputs };
      for (const { from, output, to, input } of this.#connections) {
        if (to === id) all[input] = { from_step: from, field: output.join(".") };
      }
      for (const name of given.keys()) {
        if (name.startsWith(`${id}.`)) all[name.slice(id.length + 1)] = { from_input: name };
      }
      return { id, type: type.type, config, inputs: all };
    });
    return { name: this.name, inputs: [...given.keys()], steps };
  }

  /** Parameters as `node.input`. */
  #parameters(parameters: JsonObject): Map<string, JsonValue> {
    const given = new Map<string, JsonValue>();
    for (const [name, value] of Object.entries(parameters)) {
      const node = this.#nodes.get(name);
      if (node === undefined || !isJsonObject(value)) given.set(this.#flat(name, value), value);
      else for (const [input, one] of Object.entries(value)) given.set(`${name}.${this.#input(node, input)}`, one);
    }
    return given;
  }

  #input({ id, node, type }: BuiltNode, input: string): string {
    const known = Object.keys(node?.inputs ?? {});
    if (node === undefined || known.includes(input)) return input;
    const near = nearest(input, known);
    throw invalid(
      `parameters.${id}.${input}`,
      input,
      near.length > 0 ? `did you mean ${near[0]}?` : known.join(", ") || type.type,
    );
  }

  /** The one node that has an input of this name. */
  #flat(name: string, value: JsonValue): string {
    const takers = [...this.#nodes.values()].filter(({ node, type }) => name in (node?.inputs ?? type.inputs ?? {}));
    const open = takers.filter(({ id }) => !this.#connections.some(({ to, input }) => to === id && input === name));
    const [only, ...more] = open.length > 0 ? open : takers;
    if (only !== undefined && more.length === 0) return `${only.id}.${name}`;
    const all = [...this.#nodes.values()].flatMap(({ node, type }) => Object.keys(node?.inputs ?? type.inputs ?? {}));
    const near = nearest(name, all, 1);
    const ids = [only, ...more].flatMap((one) => (one === undefined ? [] : [one.id]));
    const allowed =
      ids.length > 1
        ? `one node's: ${ids.join(" and ")} take ${name}, so write { ${ids[0]}: { ${name}: … } }`
        : near.length > 0
          ? `did you mean ${near[0]}?`
          : [...new Set(all)].join(", ");
    throw invalid(`parameters.${name}`, value, allowed);
  }

  #refuseMissing(given: ReadonlyMap<string, JsonValue>): void {
    const missing = [...this.#nodes.values()].flatMap(({ id, node, inputs }) =>
      Object.entries(node?.inputs ?? {})
        .filter(([name, port]) => port.required && port.default === undefined && !(name in inputs))
        .filter(([name]) => !given.has(`${id}.${name}`))
        .filter(([name]) => !this.#connections.some(({ to, input }) => to === id && input === name))
        .map(([name]) => `${id}.${name}`),
    );
    if (missing.length === 0) return;
    const message = `inputs are missing: ${missing.join(", ")}; connect them, or give them as parameters`;
    throw new SluiceError("invalid-argument", message, { field: `parameters.${missing[0]}` });
  }
}
