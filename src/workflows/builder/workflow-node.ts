import type { AgentNode } from "../../agents/workflow-node.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { StepAnswer } from "../steps/step-context.js";

/** What a node takes or gives under a name. */
export interface NodePort {
  /** A type of JSON Schema; absent: any value. */
  type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  /** Whether an input must be connected or given. Default false. */
  required?: boolean;
  /** The value of an input that is neither connected nor given. */
  default?: JsonValue;
  /** For people. */
  description?: string;
}

/** What a running node has. */
export interface NodeContext {
  /** Ends with the run. */
  signal: AbortSignal;
  /** The id of the run. */
  runId: string;
  /** The node's id in the workflow. */
  nodeId: string;
  /** Reads a stream to its end; its events reach the run's reader while they arrive. */
  read(stream: ChatStream): Promise<StepAnswer>;
}

/** A node of one's own. */
export interface WorkflowNode {
  /** What it is called where the builder is given no id. */
  name?: string;
  /** What it takes, by name. */
  inputs: Readonly<Record<string, NodePort>>;
  /** What it makes, by name. */
  outputs: Readonly<Record<string, NodePort>>;
  /** Runs the node. What it returns has the outputs as its fields. Two uses of one node share nothing of a run. */
  run(inputs: JsonObject, context: NodeContext): JsonObject | Promise<JsonObject>;
}

/** Anything that is a node: a node, an agent's, what makes one of itself (as an agent does), or a chat model. */
export type NodeLike = WorkflowNode | AgentNode | { toWorkflowNode(): WorkflowNode | AgentNode } | ChatModel;

/** The node that something is. */
export function nodeOf(instance: NodeLike): WorkflowNode {
  if ("toWorkflowNode" in instance) return nodeOf(instance.toWorkflowNode());
  if ("results" in instance) return agentNode(instance);
  return "stream" in instance ? modelNode(instance) : instance;
}

/** An agent as a node. Whether a value fits is the agent's to say. */
function agentNode({ type, inputs, results, run }: AgentNode): WorkflowNode {
  return {
    name: type.replace(/\W+/g, "_"),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { schema, required }]) => [
        name,
        {
          ...(required && { required }),
          ...(typeof schema.description === "string" && { description: schema.description }),
        },
      ]),
    ),
    outputs: Object.fromEntries(Object.entries(results).map(([name, description]) => [name, { description }])),
    run: (given, { signal, read }) => run({ inputs: given, signal, callContext: undefined, read }),
  };
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
