import { isJsonObject, type JsonObject } from "../base/json.js";
import { uuid } from "../base/uuid.js";
import { guard } from "../guards/guard.js";
import { modelOf } from "../models/model-of.js";
import type { CallContext } from "../stream/call-context.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { exactly, filledString, string } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { innerSource, sourceOf } from "../stream/inner-source.js";
import type { ChatMessage, ToolMessage } from "../stream/message.js";
import { opened } from "../stream/sources/opened.js";
import { validateRequest } from "../stream/validate-request.js";
import { checkApproval, type Tool, type ToolApproval, tool } from "../tools/tool.js";
import { checkTools, isToolSource, Toolbox } from "../tools/toolbox.js";
import { AgentBudget } from "./agent-budget.js";
import { agentModel, agentTools } from "./agent-model.js";
import {
  type AgentHooks,
  type AgentOptions,
  type AgentRunOptions,
  checkAgentOptions,
  checkRunOptions,
} from "./agent-options.js";
import { inputMessage } from "./agent-prompt.js";
import { type AgentResult, AgentRun } from "./agent-run.js";
import { Observers } from "./observability/observations.js";
import { watchedRun } from "./observability/watched-run.js";
import { observed } from "./observed.js";
import { isSignature, readInputs, type Signature, signature, textInput } from "./signature/signature.js";
import { checkSkills } from "./skills/read-skills.js";
import { type AgentNode, agentNode } from "./workflow-node.js";

/** What a run begins with: a text, the inputs of the signature, or answers to what the last run of the session asked. */
export type AgentInput<Inputs> = string | Inputs | ToolMessage;

/** Settings of an agent as a tool. */
export interface AgentToolOptions<Inputs = JsonObject> {
  /** Default: the agent's name. */
  name?: string;
  /** Default: the agent's description. */
  description?: string;
  /** Whether a person has to allow calls of it, or what decides of each by the agent's inputs. Default false. */
  approval?: ToolApproval<Inputs>;
}

const AS_TOOL = exactly("asTool", { name: filledString, description: string, approval: checkApproval });

const DEFAULT_SIGNATURE = signature("message -> response");

/**
 * A model with instructions, tools, memory and a signature. `chat`, `stream` and `run` are one pipeline: the same inputs, hooks,
 * memory, limits and errors. One agent may run any number of sessions at once; it keeps nothing of a run itself.
 *
 * @example
 * ```ts
 * import { Agent, signature } from "sluice/agents";
 *
 * const agent = new Agent({ model: "openai/gpt-5-mini", signature: signature("question -> answer, confidence: number") });
 * const { outputs } = await agent.run({ question: "How deep is the Mariana Trench?" });
 * console.log(outputs.answer, outputs.confidence);
 * ```
 */
export class Agent<Inputs = { message: string }, Outputs = { response: string }> {
  /** What it is called in events, as a tool and in a team. */
  readonly name: string;
  /** What it can do, for whoever chooses among agents. */
  readonly description: string | undefined;
  /** What goes in and comes out. */
  readonly signature: Signature<Inputs, Outputs>;
  readonly #model: ChatModel;
  readonly #options: AgentOptions;
  readonly #hooks: readonly AgentHooks[];
  readonly #observers: Observers;
  /** Messages for running turns, by session. */
  readonly #steering = new Map<string, ChatMessage[]>();

  /**
   * @throws {SluiceError} `invalid-argument` for unknown or invalid settings; `unsupported` for tools with a model
   *   that calls none; for a model's name, as `model()`.
   */
  constructor(options: AgentOptions<Inputs, Outputs>) {
    checkAgentOptions(options);
    const { name = "agent", description, model, signature: given, tools = [], hooks = [] } = options;
    checkTools(tools, "tools");
    if (options.skills !== undefined) checkSkills(options.skills);
    // Two tools of one name are found here, not in the first call.
    const toolbox = new Toolbox(agentTools(options as AgentOptions).flatMap((one) => (isToolSource(one) ? [] : [one])));
    checkSeen(options as AgentOptions, toolbox);
    if (given !== undefined && !isSignature(given))
      throw invalid("signature", given, "a signature, as signature() makes it");
    this.name = name;
    this.description = description;
    this.signature = given ?? (DEFAULT_SIGNATURE as unknown as Signature<Inputs, Outputs>);
    this.#model = modelOf(model);
    if (this.#model.capabilities?.tools === false && agentTools(options as AgentOptions).length > 0) {
      throw new SluiceError("unsupported", `${this.#model.id} does not call tools`, { model: this.#model.id });
    }
    // What is no guard is found here, not in the first call.
    if (options.guards !== undefined && options.guards.length > 0) guard(this.#model, ...options.guards);
    this.#options = options as AgentOptions;
    this.#hooks = Array.isArray(hooks) ? hooks : [hooks as AgentHooks];
    this.#observers = new Observers(options.observe);
  }

  /** What the agent was made with. */
  get options(): Readonly<AgentOptions> {
    return this.#options;
  }

  /**
   * Sends a message and returns the text of the answer.
   *
   * @throws {SluiceError} as `AgentRun.outputs`.
   */
  async chat(message: AgentInput<Inputs>, options: AgentRunOptions = {}): Promise<string> {
    const run = this.stream(message, options);
    const outputs = await run.outputs;
    const { textOutput } = this.signature;
    const value = textOutput === undefined ? outputs : Reflect.get(outputs as object, textOutput);
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  /** Runs to the end. @throws {SluiceError} as `AgentRun.outputs`. */
  run(inputs: AgentInput<Inputs>, options: AgentRunOptions = {}): Promise<AgentResult<Outputs>> {
    return this.stream(inputs, options).result();
  }

  /**
   * Begins a run. Nothing happens before it is read.
   *
   * @throws {SluiceError} `invalid-argument` at once for a text where the signature does not have exactly one
   *   text input, and for unknown options. Inputs that do not fit end the stream with it before any model is called.
   */
  stream(given: AgentInput<Inputs>, options: AgentRunOptions = {}): AgentRun<Outputs> {
    checkRunOptions(options);
    const { sessionId = this.#options.sessionId, ...call } = options;
    const input = this.#inputOf(given);
    const { memory } = this.#options;
    const session = sessionId ?? call.context?.sessionId ?? (memory === undefined ? undefined : "default");
    const begin = async (model: ChatModel, inner: CallOptions) => {
      const messages =
        "messages" in input
          ? input.messages
          : [inputMessage(this.signature, await readInputs(this.signature, input.values))];
      for (const { onStart } of this.#hooks) {
        await onStart?.({ inputs: "messages" in input ? undefined : input.values, context: inner.context ?? {} });
      }
      if (memory === undefined || session === undefined) return innerSource(model, { messages }, inner);
      return sourceOf(memory.answer(session, messages, model, { ...inner, retain: false }), "memory.answer()");
    };
    return new AgentRun<Outputs>(this.signature, this.#stream(begin, call, session));
  }

  /**
   * Puts a message into the running turn of a session: the next model call sees it. Where no turn runs or none follows, it is
   * seen by the session's next one.
   */
  steer(message: string | ChatMessage, sessionId = this.#options.sessionId ?? "default"): void {
    const waiting = this.#steering.get(sessionId) ?? [];
    waiting.push(typeof message === "string" ? { role: "user", content: message } : message);
    this.#steering.set(sessionId, waiting);
  }

  /** Forgets a session, where there is a memory. */
  async forget(sessionId = this.#options.sessionId ?? "default"): Promise<void> {
    this.#steering.delete(sessionId);
    await this.#options.memory?.clear(sessionId);
  }

  /** The agent as a chat model: what it is asked with is the whole history, and its memory is not used. */
  asModel(): ChatModel {
    const { capabilities } = this.#model;
    return {
      id: this.name,
      ...(capabilities && { capabilities }),
      stream: (request, call = {}) => {
        validateRequest(request);
        return this.#stream((model, inner) => innerSource(model, request, inner), call, call.context?.sessionId);
      },
    };
  }

  /**
   * The agent as a tool of another one: its arguments are its inputs, its result is its one text output, or its outputs. It
   * streams inside the other's stream, and what it asks people is answered there.
   */
  asTool(options: AgentToolOptions<Inputs> = {}): Tool {
    AS_TOOL(options, "");
    const { name = this.name, description = this.description, approval } = options;
    const { inputs } = this.signature;
    return tool({
      name,
      ...(description !== undefined && { description }),
      ...(approval !== undefined && { approval: approval as ToolApproval<unknown> }),
      input: inputs.schema,
      inputJsonSchema: inputs.json,
      run: (values, { context, signal, answered }) => {
        const request = { messages: [inputMessage(this.signature, values as JsonObject), ...answered] };
        const begin = (model: ChatModel, inner: CallOptions) => innerSource(model, request, inner);
        return new AgentRun(this.signature, this.#stream(begin, { context, signal }, context.sessionId));
      },
    });
  }

  /** The agent as a step type of workflows: its inputs are the step's, its outputs are the step's results. */
  toWorkflowNode(type = this.name): AgentNode {
    return agentNode(this as unknown as Agent<JsonObject, JsonObject>, type);
  }

  #inputOf(given: AgentInput<Inputs>): { values: JsonObject } | { messages: ChatMessage[] } {
    if (typeof given === "string") {
      const name = textInput(this.signature);
      if (name === undefined) throw invalid("inputs", given, "an object: the signature has not one text input");
      return { values: { [name]: given } };
    }
    if (isJsonObject(given) && given.role === "tool" && Array.isArray(given.content)) {
      return { messages: [given as unknown as ToolMessage] };
    }
    return { values: given as JsonObject };
  }

  #stream(
    begin: (
      model: ChatModel,
      call: CallOptions,
    ) => ReturnType<typeof innerSource> | Promise<ReturnType<typeof innerSource>>,
    call: CallOptions,
    session: string | undefined,
  ): ChatStream {
    const { limits = {}, prices } = this.#options;
    const budget = new AgentBudget(limits, prices, call.context?.budget);
    const context: CallContext = {
      runId: uuid(),
      ...call.context,
      ...(session !== undefined && { sessionId: session }),
      budget,
    };
    const { signal, ...rest } = call;
    const { name: agent, description } = this;
    const observation = this.#observers.invoke({
      agent,
      ...(description !== undefined && { description }),
      model: this.#model.id,
      context,
    });
    const source = opened(() => {
      const inside = observation?.begin?.() ?? context;
      const model = agentModel({
        model: this.#model,
        options: this.#options,
        signature: this.signature,
        hooks: this.#hooks,
        context: inside,
        observers: this.#observers,
        observation,
        steering: () => this.#takeSteering(session ?? "default"),
      });
      return begin(model, { ...rest, context: inside });
    });
    const run = watchedRun(observed(source, this.#hooks, context), observation);
    return new ChatStream(run, { signal, retain: call.retain });
  }

  #takeSteering(session: string): readonly ChatMessage[] {
    const waiting = this.#steering.get(session) ?? [];
    this.#steering.delete(session);
    return waiting;
  }
}

/** Names of tools in settings are found here, where no source may bring them later. */
function checkSeen({ tools = [], toolSearch, request }: AgentOptions, toolbox: Toolbox): void {
  if (tools.some(isToolSource)) return;
  const always = typeof toolSearch === "object" ? (toolSearch.always ?? []) : [];
  const { toolChoice } = request ?? {};
  const named = always.map((name, index): [string, string] => [`toolSearch.always[${index}]`, name]);
  if (typeof toolChoice === "object") named.push(["request.toolChoice.name", toolChoice.name]);
  for (const [field, name] of named) {
    if (toolbox.get(name) === undefined) throw invalid(field, name, `one of the tools: ${toolbox.names.join(", ")}`);
  }
}
