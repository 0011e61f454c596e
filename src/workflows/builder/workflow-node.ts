import type { AgentNode } from "../../agents/workflow-node.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { StepAnswer } from "../steps/step-context.js";

/** What a node takes or gives under a name. */
export interface NodePort {
  /** A type of JSON Schema; absent: any value. */
  type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  /** Of an input: it must be connected or given. Default false. */
  required?: boolean;
  /** Of an input: taken where nothing else is. */
  default?: JsonValue;
  /** For people. */
  description?: string;
}

/** What a running node has. */
export interface NodeContext {
  /** Ends with the run. */
  signal: AbortSignal;
  runId: string;
  nodeId: string;
  /** Reads a stream to its end; its events reach the run's reader while they arrive. */
  read(stream: ChatStream): Promise<StepAnswer>;
}

/** A node of one's own. */
export interface WorkflowNode {
  /** What it is called where the builder is given no id. */
  name?: string;
  inputs: Readonly<Record<string, NodePort>>;
  outputs: Readonly<Record<string, NodePort>>;
  /** Does it. What it returns has the outputs as its fields. Two uses of one node share nothing of a run. */
  run(inputs: JsonObject, context: NodeContext): JsonObject | Promise<JsonObject>;
}

/** An agent, as a builder sees it: its inputs and outputs are those of its signature. */
interface NodeAgent {
  readonly name: string;
  readonly signature: {
    readonly inputs: { readonly json: JsonObject };
    readonly outputs: { readonly json: JsonObject };
  };
  toWorkflowNode(): AgentNode;
}

/** Anything that is a node: a node, what makes one of itself, an agent, or a chat model. */
export type NodeLike = WorkflowNode | { toWorkflowNode(): WorkflowNode } | NodeAgent | ChatModel;

/** The node that something is. */
export function nodeOf(instance: NodeLike): WorkflowNode {
  if ("signature" in instance) return agentNode(instance);
  if ("toWorkflowNode" in instance) return instance.toWorkflowNode();
  return "stream" in instance ? modelNode(instance) : instance;
}

/** An agent as a node. */
function agentNode(agent: NodeAgent): WorkflowNode {
  const { inputs, outputs } = agent.signature;
  return {
    name: agent.name.replace(/\W+/g, "_"),
    inputs: portsOf(inputs.json),
    outputs: portsOf(outputs.json),
    run: (given, { signal, read }) =>
      agent.toWorkflowNode().run({ inputs: given, signal, callContext: undefined, read }),
  };
}

/** The fields of an object's JSON Schema as ports. Whether a value fits is the agent's to say. */
function portsOf(schema: JsonObject): { [name: string]: NodePort } {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required: readonly JsonValue[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => {
      const description = isJsonObject(field) ? field.description : undefined;
      return [
        name,
        { ...(required.includes(name) && { required: true }), ...(typeof description === "string" && { description }) },
      ];
    }),
  );
}

/** A chat model as a node: it takes a message, and its answer streams. */
function modelNode(model: ChatModel): WorkflowNode {
  return {
    name: model.id.replace(/\W+/g, "_"),
    inputs: {
      message: { type: "string", required: true, description: "What is asked." },
      system: { type: "string", description: "Instructions." },
    },
    outputs: {
      response: { type: "string", description: "The answer." },
      usage: { type: "object", description: "Tokens." },
    },
    async run({ message = "", system }, { signal, read }) {
      const asked = { role: "user" as const, content: String(message) };
      const messages = typeof system === "string" ? [{ role: "system" as const, content: system }, asked] : [asked];
      const { text, usage } = await read(model.stream({ messages }, { signal }));
      const { inputTokens, outputTokens } = usage;
      return {
        response: text,
        usage: {
          ...(inputTokens !== undefined && { inputTokens }),
          ...(outputTokens !== undefined && { outputTokens }),
        },
      };
    },
  };
}
