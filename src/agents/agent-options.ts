import type { JsonObject, JsonValue } from "../base/json.js";
import type { Guard } from "../guards/guard.js";
import type { PriceTable } from "../models/prices/price-table.js";
import { priceTable } from "../models/prices/price-table.js";
import type { CallContext } from "../stream/call-context.js";
import { CALL_OPTIONS } from "../stream/call-options.js";
import type { ChatEvent, FinishReason } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import {
  anything,
  boolean,
  type Check,
  callable,
  exactly,
  filledString,
  having,
  jsonObject,
  limit,
  list,
  string,
} from "../stream/checks.js";
import { invalid, type SluiceError } from "../stream/error.js";
import type { Usage } from "../stream/usage.js";
import type { AgentObserver } from "../telemetry/agent-observer.js";
import type { InputHandler } from "../tools/input-response.js";
import type { StopCondition } from "../tools/loop-settings.js";
import type { Tool } from "../tools/tool.js";
import type { ToolSource } from "../tools/toolbox.js";
import type { AgentMemory } from "./memory/agent-memory.js";
import type { Signature } from "./signature/signature.js";
import type { Skill } from "./skills/skill.js";
import type { AgentStrategy } from "./strategies/strategy.js";
import { checkToolSearch, type ToolSearchOptions } from "./tool-search/tool-search.js";

/** How much one run of an agent may use, what runs inside it included. Where it is spent, the run ends with reason `budget`. */
export interface AgentLimits {
  /** Model calls of one loop. Default 20. */
  maxSteps?: number;
  /** Tool calls of one loop. Default `Infinity`. */
  maxCalls?: number;
  /** Input and output tokens. Default `Infinity`. */
  maxTotalTokens?: number;
  /** USD. A model whose price is not known ends the run as spent. Default `Infinity`. */
  maxCost?: number;
}

/** A model call that an agent is about to make. */
export interface AgentStep {
  /** Counted from 0. */
  step: number;
  /** What the model is sent. */
  request: ChatRequest;
  /** The run, session and caller. */
  context: CallContext;
}

/** A tool call that an agent is about to make. */
export interface AgentToolCall {
  /** The tool's name. */
  name: string;
  /** The provider's id of the call, or a generated one. */
  callId: string;
  /** The arguments, checked. */
  input: unknown;
  /** The context of the run: its id, session, caller and budget. */
  context: CallContext;
}

/** What a hook decides of a tool call. Nothing: it runs as it is. */
export type ToolDecision =
  /** Runs with other arguments. */
  | { input: unknown }
  /** Does not run; this is its result. */
  | { output: JsonValue }
  /** Somebody is asked whether it may run; it does not where they do not allow it. The hook is called again with their answer. */
  | { ask: string }
  /** Does not run; the model learns why. */
  | { deny: string };

/**
 * Called at the stages of a run, in the order of the list. What a hook throws ends the run with its error; in a tool's hook, it
 * is an error of that call. So a hook that is a guard is never switched off by its own failure.
 */
export interface AgentHooks {
  /** A run begins, its inputs checked. */
  onStart?(run: { inputs: JsonObject | undefined; context: CallContext }): void | Promise<void>;
  /** Before each model call. Returns the request to send in its place. */
  beforeModel?(step: AgentStep): ChatRequest | undefined | Promise<ChatRequest | undefined>;
  /** Before each tool call that runs here. */
  beforeTool?(call: AgentToolCall): ToolDecision | undefined | Promise<ToolDecision | undefined>;
  /** After it. Returns the result to give the model in its place, as `{ output }`. */
  afterTool?(
    call: AgentToolCall & { output: unknown },
  ): { output: unknown } | undefined | Promise<{ output: unknown } | undefined>;
  /** Each event of the run, before its reader gets it. */
  onEvent?(event: ChatEvent): void;
  /** The run ended. */
  onFinish?(end: { reason: FinishReason; usage: Usage; text: string; context: CallContext }): void;
  /** The run failed, or its reader left (`cancelled`). */
  onError?(error: SluiceError): void;
}

/** What changes for one model call. */
export interface StepChange {
  /** What the model is sent. */
  request?: ChatRequest;
  /** Who answers. */
  model?: ChatModel;
}

/** Settings of an agent. */
export interface AgentOptions<Inputs = unknown, Outputs = unknown> {
  /** 1 to 64 of `A–Z a–z 0–9 _ -`: what it is called in events, as a tool and in a team. Default `agent`. */
  name?: string;
  /** What it can do, for whoever chooses among agents. */
  description?: string;
  /** A model, or its name as `model()` takes it. */
  model: ChatModel | string;
  /** What goes in and comes out. Default: a `message` in, a text `response` out. */
  signature?: Signature<Inputs, Outputs>;
  /** Instructions to the model, before what the signature says. */
  instructions?: string;
  /** Tools that it may call, and sources of tools. */
  tools?: readonly (Tool | ToolSource)[];
  /**
   * For many tools: the model sees only the tool `find_tools`, those that it has found with it, and those that are always there. All of
   * them can be called. `true` for the defaults. Default: it sees all tools.
   */
  toolSearch?: ToolSearchOptions | true;
  /** Instructions for certain tasks, which the model reads when it needs them: see `readSkills()`. */
  skills?: readonly Skill[];
  /** Whether it has a tool to write down its plan, which is emitted as `data` events named `agent/plan`. Default false. */
  plan?: boolean;
  /** Look at what the model is sent, results of tools included, and at what it answers: block, replace, take back. */
  guards?: readonly Guard[];
  /** Keeps sessions. Default: every run is a session of its own. */
  memory?: AgentMemory;
  /** The session where a call names none. Default: `default`, where there is a memory. */
  sessionId?: string;
  /** How it comes to its answer. Default: one loop of model calls and tools. */
  strategy?: AgentStrategy;
  /** Called at the stages of a run. */
  hooks?: AgentHooks | readonly AgentHooks[];
  /** Limits of a run. Default: those of `AgentLimits`. */
  limits?: AgentLimits;
  /** Watch its runs: `agentSpans()`, `agentLog()`, `auditTrail()`, or what `observability()` makes of flags. Default: nobody does. */
  observe?: AgentObserver | readonly AgentObserver[];
  /** Changes single model calls: another model, other tools or messages. */
  prepareStep?(step: AgentStep): StepChange | undefined | Promise<StepChange | undefined>;
  /** Ends the run after the tools of a model call, with reason `stop`. */
  stopWhen?: StopCondition;
  /** Answers requests for input while the run goes on. Default: the run ends with `input-required`, and is resumed. */
  onInput?: InputHandler;
  /** Sent with every model call: temperature and the like. */
  request?: Omit<ChatRequest, "messages" | "tools">;
  /** What a run costs. Default: the built-in prices. */
  prices?: PriceTable;
}

/** Settings of one run. */
export interface AgentRunOptions extends Omit<CallOptions, "retain"> {
  /** The session that it belongs to. */
  sessionId?: string;
}

const checkLimits = exactly("limits", { maxSteps: limit, maxCalls: limit, maxTotalTokens: limit, maxCost: positive });

const HOOKS = exactly("hooks", {
  onStart: callable,
  beforeModel: callable,
  beforeTool: callable,
  afterTool: callable,
  onEvent: callable,
  onFinish: callable,
  onError: callable,
} satisfies Record<keyof AgentHooks, unknown>);

const name: Check = (value, path) => {
  if (typeof value !== "string" || !/^[\w-]{1,64}$/.test(value))
    throw invalid(path, value, "1 to 64 of A–Z a–z 0–9 _ -");
};

const hooks: Check = (value, path) => {
  if (!Array.isArray(value)) HOOKS(value, path);
  else for (const [index, one] of value.entries()) HOOKS(one, `${path}[${index}]`);
};

const checkOptions = exactly("an agent", {
  name,
  description: string,
  model: { required: anything },
  signature: anything,
  instructions: filledString,
  tools: anything,
  toolSearch: (value: unknown, path: string) => (value === true ? undefined : checkToolSearch(value, path)),
  skills: anything,
  plan: boolean,
  guards: list("an array of guards", anything),
  memory: having("a memory", "answer", "messages", "clear"),
  sessionId: filledString,
  strategy: having("a strategy", "apply"),
  hooks,
  limits: checkLimits,
  observe: anything,
  prepareStep: callable,
  stopWhen: callable,
  onInput: callable,
  request: jsonObject,
  prices: priceTable,
} satisfies Record<keyof AgentOptions, unknown>);

const RUN = exactly("a run", { ...CALL_OPTIONS, sessionId: filledString });

/** @throws {SluiceError} `invalid-argument` for an unknown setting of a run, or one of the wrong type. */
export function checkRunOptions(options: AgentRunOptions): void {
  RUN(options, "");
}

/** @throws {SluiceError} `invalid-argument` for an unknown setting, or one of the wrong type. */
export function checkAgentOptions(options: object): void {
  checkOptions(options, "");
}

function positive(value: unknown, path: string): void {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "a number above 0, or Infinity");
}
