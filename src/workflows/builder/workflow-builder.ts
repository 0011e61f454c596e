import { isJsonObject, type JsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { filledString } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { checkServices, stepTypes as checkStepTypes } from "../check-services.js";
import { circleOf } from "../plan/circle-of.js";
import type { WorkflowServices } from "../services.js";
import type { StepType } from "../steps/step-type.js";
import { typesOf } from "../workflow.js";
import { type BuiltNode, BuiltWorkflow, type Connection } from "./built-workflow.js";
import { nodeType } from "./node-type.js";
import { type NodeLike, type NodePort, nodeOf } from "./workflow-node.js";

/**
 * Makes a workflow in code: nodes are steps of any type, agents, chat models or functions of one's own; connections join
 * their ports.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { LocalRuntime, WorkflowBuilder } from "sluice/workflows";
 *
 * const workflow = new WorkflowBuilder()
 *   .addNodeInstance(model("ollama/llama3.2"), "chat")
 *   .addNode("file_output", "save", { file_path: "answer.md" })
 *   .connect("chat.response", "save.content")
 *   .build();
 * const { results } = await new LocalRuntime().execute(workflow, { parameters: { message: "Hello" } });
 * ```
 */
export class WorkflowBuilder {
  readonly #types: ReadonlyMap<string, StepType>;
  readonly #nodes = new Map<string, BuiltNode>();
  readonly #connections: Connection[] = [];

  /** @param stepTypes step types beside those that are built in. @throws {SluiceError} `invalid-argument` for what is not one. */
  constructor(stepTypes: readonly StepType[] = []) {
    checkStepTypes(stepTypes, "stepTypes");
    this.#types = typesOf(stepTypes);
  }

  /** The ids of the nodes, in the order in which they were added. */
  get nodeIds(): string[] {
    return [...this.#nodes.keys()];
  }

  /**
   * Adds a step.
   *
   * @param type for example `llm_chat`.
   * @param id default: the type, with a number where there is one of that name.
   * @param config its settings; `inputs` are values, templates and references as in a document.
   * @throws {SluiceError} `invalid-argument` for an unknown type, or an id that is taken.
   */
  addNode(type: string, id?: string, config: JsonObject = {}, inputs: JsonObject = {}): this {
    filledString(type, "type");
    const found = this.#types.get(type);
    if (found === undefined) {
      const near = nearest(type, [...this.#types.keys()]);
      throw invalid(
        "type",
        type,
        near.length > 0 ? `did you mean ${near.join(" or ")}?` : [...this.#types.keys()].join(", "),
      );
    }
    if (!isJsonObject(config)) throw invalid("config", config, "an object");
    return this.#add(id ?? this.#freeId(found.type), { type: found, config, inputs });
  }

  /**
   * Adds an agent, a chat model or a node of one's own.
   *
   * @param id default: its name, with a number where there is one of that name.
   * @throws {SluiceError} `invalid-argument` for what is no node, or an id that is taken.
   */
  addNodeInstance(instance: NodeLike, id?: string): this {
    if (typeof instance !== "object" || instance === null)
      throw invalid("instance", instance, "a node, an agent or a chat model");
    const node = nodeOf(instance);
    if (typeof node.run !== "function") throw invalid("instance", instance, "a node, an agent or a chat model");
    const chosen = id ?? this.#freeId(node.name ?? "node");
    return this.#add(chosen, { type: nodeType(chosen, node), config: {}, inputs: {}, node });
  }

  /**
   * Joins an output to an input: `connect("a.response", "b.message")`. Where a node has one output, or one required input,
   * its name may be left out. A path goes into an output: `a.json.name`.
   *
   * @throws {SluiceError} `invalid-argument` for an unknown node or port, with the nearest; for ports whose types
   *   do not go together; for a connection that exists.
   */
  connect(from: string, to: string): this {
    filledString(from, "from");
    filledString(to, "to");
    const [source, ...path] = this.#resolve(from);
    const [target, ...rest] = this.#resolve(to);
    if (source === target) throw invalid("to", to, "another node");
    const output = path.length > 0 ? path : [this.#onlyOutput(source)];
    const input = rest.length > 0 ? rest.join(".") : this.#onlyInput(target);
    this.#checkPorts(source, output, target, input);
    if (this.#connections.some((other) => other.to === target && other.input === input)) {
      throw invalid("to", to, "an input that is not connected yet");
    }
    this.#connections.push({ from: source, output, to: target, input });
    return this;
  }

  /** The same as `connect`, with the ports apart. */
  addConnection(from: string, output: string, to: string, input: string): this {
    return this.connect(`${from}.${output}`, `${to}.${input}`);
  }

  /**
   * The workflow. It can be built again after more was added.
   *
   * @param services what its steps can use.
   * @throws {SluiceError} `invalid-argument` for a workflow without nodes, and for nodes that wait for one another.
   */
  build(services: WorkflowServices = {}, name = "workflow"): BuiltWorkflow {
    checkServices(services, "options");
    if (this.#nodes.size === 0) throw new SluiceError("invalid-argument", "a workflow has at least one node");
    this.#refuseCircles();
    return new BuiltWorkflow(name, new Map(this.#nodes), [...this.#connections], services);
  }

  #refuseCircles(): void {
    const ids = this.nodeIds;
    const places = new Map(ids.map((id, place) => [id, place]));
    const sources = ids.map((): number[] => []);
    for (const { from, to } of this.#connections) sources[places.get(to) ?? 0]?.push(places.get(from) ?? 0);
    const circle = circleOf(ids.length, (place) => sources[place] ?? []);
    if (circle === undefined) return;
    const [first = 0] = circle;
    const named = [...circle, first].map((place) => ids[place]).join(" → ");
    throw new SluiceError("invalid-argument", `these nodes wait for one another: ${named}`);
  }

  #add(id: string, node: Omit<BuiltNode, "id">): this {
    if (this.#nodes.has(id)) throw invalid("id", id, "an id that no other node has");
    this.#nodes.set(id, { id, ...node });
    return this;
  }

  #freeId(name: string): string {
    for (let count = 1; ; count++) {
      const id = count === 1 ? name : `${name}_${count}`;
      if (!this.#nodes.has(id)) return id;
    }
  }

  /** The node and the path of `node.port`. */
  #resolve(text: string): [string, ...string[]] {
    const whole = this.#nodes.has(text) ? text : text.slice(0, Math.max(0, text.indexOf(".")));
    if (this.#nodes.has(whole))
      return [
        whole,
        ...text
          .slice(whole.length + 1)
          .split(".")
          .filter(Boolean),
      ];
    const named = whole || text;
    const near = nearest(named, this.nodeIds);
    throw invalid("node", named, near.length > 0 ? `did you mean ${near.join(" or ")}?` : this.nodeIds.join(", "));
  }

  #node(id: string): BuiltNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw invalid("node", id, this.nodeIds.join(", "));
    return node;
  }

  #onlyOutput(id: string): string {
    const { type, node } = this.#node(id);
    const [only, ...more] = Object.keys(node?.outputs ?? {});
    if (only !== undefined && (more.length === 0 || node !== undefined)) return only;
    return typeof type.main === "string" ? type.main : type.main({ id, config: {}, inputs: {}, outputs: [] });
  }

  #onlyInput(id: string): string {
    const { type, node } = this.#node(id);
    const ports = Object.entries(node?.inputs ?? {}).filter(([, port]) => port.required);
    const fields = Object.entries(type.inputs ?? {}).filter(([, field]) => field.required);
    const required = (node === undefined ? fields : ports).map(([name]) => name);
    const names = required.length > 0 ? required : Object.keys(node?.inputs ?? type.inputs ?? {});
    const [only] = names;
    if (only !== undefined && names.length === 1) return only;
    throw invalid("to", id, `${id}.INPUT, with one of ${Object.keys(node?.inputs ?? type.inputs ?? {}).join(", ")}`);
  }

  #checkPorts(from: string, [output = "", ...path]: readonly string[], to: string, input: string): void {
    const [source, target] = [this.#node(from), this.#node(to)];
    const given = portOf(source, "outputs", output);
    const taken = portOf(target, "inputs", input);
    const types = [path.length === 0 ? given?.type : undefined, taken?.type];
    const fits =
      types[0] === undefined ||
      types[1] === undefined ||
      types[0] === types[1] ||
      (types[0] === "integer" && types[1] === "number");
    if (fits) return;
    throw invalid(
      "to",
      `${to}.${input}`,
      `an input of type ${types[0]}, that of ${from}.${output}; this one is ${types[1]}`,
    );
  }
}

/** A port that is known; `undefined` where a step takes or makes any name. */
function portOf({ id, type, node }: BuiltNode, side: "inputs" | "outputs", name: string): NodePort | undefined {
  const known = node?.[side];
  if (known !== undefined) {
    const port = Object.hasOwn(known, name) ? known[name] : undefined;
    if (port !== undefined) return port;
    throw unknownPort(id, side, name, Object.keys(known));
  }
  if (side === "outputs" && !type.openResults && !Object.hasOwn(type.results, name)) {
    throw unknownPort(id, side, name, Object.keys(type.results));
  }
  const schema = side === "inputs" ? type.inputs?.[name]?.schema : undefined;
  return typeof schema?.type === "string" ? { type: schema.type as NonNullable<NodePort["type"]> } : undefined;
}

function unknownPort(id: string, side: string, name: string, known: readonly string[]): SluiceError {
  const near = nearest(name, known);
  return invalid(side, `${id}.${name}`, near.length > 0 ? `did you mean ${near.join(" or ")}?` : known.join(", "));
}
