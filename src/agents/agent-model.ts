import { guard } from "../guards/guard.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { anything, type Check, exactly, having } from "../stream/checks.js";
import { innerSource } from "../stream/inner-source.js";
import type { ChatMessage } from "../stream/message.js";
import { wrapModel } from "../stream/wrap-model.js";
import type { AgentObservation } from "../telemetry/agent-observer.js";
import type { Tool } from "../tools/tool.js";
import type { ToolSource } from "../tools/toolbox.js";
import { withTools } from "../tools/with-tools.js";
import type { AgentHooks, AgentOptions, StepChange } from "./agent-options.js";
import { framedRequest, systemText } from "./agent-prompt.js";
import { hookedTools } from "./hooked-tools.js";
import type { Observers } from "./observability/observations.js";
import { planTool, withPlanEvents } from "./plan/plan.js";
import type { Signature } from "./signature/signature.js";
import { skillCatalogue, skillTools } from "./skills/skill-tools.js";
import { findTool, narrowed } from "./tool-search/tool-search.js";

/** What one run of an agent is made of. */
export interface AgentModelSettings {
  model: ChatModel;
  options: AgentOptions;
  signature: Signature;
  hooks: readonly AgentHooks[];
  context: CallContext;
  observers: Observers;
  /** Who watches this run. */
  observation: AgentObservation | undefined;
  /** Messages that were put into the running turn and that no model call has seen yet. */
  steering: () => readonly ChatMessage[];
}

/** An agent's model calls and tools as one chat model: what its strategy is given. */
export function agentModel(settings: AgentModelSettings): ChatModel {
  const { options, hooks, steering, observation } = settings;
  const { limits = {}, stopWhen, onInput, strategy, guards = [], plan = false, name = "agent" } = options;
  const looped = withTools(stepModel(settings), hookedTools(agentTools(options), hooks), {
    id: name,
    ...(limits.maxSteps !== undefined && { maxSteps: limits.maxSteps }),
    ...(limits.maxCalls !== undefined && { maxCalls: limits.maxCalls }),
    ...(stopWhen && { stopWhen }),
    ...(onInput && { onInput }),
    ...(observation?.tools && { observe: observation.tools }),
    steering,
  });
  const guarded = guards.length === 0 ? looped : guard(looped, ...guards);
  const answering = plan ? withPlanEvents(guarded) : guarded;
  return strategy === undefined ? answering : strategy.apply(answering);
}

/** The tools of an agent: its own, and those that its other settings bring. */
export function agentTools(options: AgentOptions): readonly (Tool | ToolSource)[] {
  const { tools = [] } = options;
  const brought = broughtTools(options);
  return brought.length === 0 ? tools : [...tools, ...brought];
}

function broughtTools({ tools = [], skills = [], plan = false, memory, toolSearch }: AgentOptions): readonly Tool[] {
  return [
    ...(skills.length === 0 ? [] : skillTools(skills)),
    ...(plan ? [planTool] : []),
    ...(memory?.tools ?? []),
    ...(toolSearch === undefined ? [] : [findTool(tools, toolSearch === true ? {} : toolSearch)]),
  ];
}

/** The tools that the model sees without having found them; `undefined` where it sees all. */
function alwaysSeen(options: AgentOptions): ReadonlySet<string> | undefined {
  const { toolSearch } = options;
  if (toolSearch === undefined) return undefined;
  const { always = [] } = toolSearch === true ? {} : toolSearch;
  return new Set([...always, ...broughtTools(options).map(({ definition }) => definition.name)]);
}

function instructionsOf({ instructions, skills = [] }: AgentOptions): string | undefined {
  if (skills.length === 0) return instructions;
  const catalogue = skillCatalogue(skills);
  return instructions === undefined ? catalogue : `${instructions}\n\n${catalogue}`;
}

/** One model call: instructions, hooks, and what `prepareStep` changes. */
function stepModel({
  model,
  options,
  signature,
  hooks,
  context,
  observers,
  observation,
}: AgentModelSettings): ChatModel {
  const { request: own, prepareStep } = options;
  const system = systemText(instructionsOf(options), signature, model);
  const always = alwaysSeen(options);
  let steps = 0;
  const framed = (request: ChatRequest) => {
    const providerOptions = mergedOptions(own?.providerOptions, request.providerOptions);
    const seen = always === undefined ? request : narrowed(request, always);
    return framedRequest({ ...own, ...seen, ...(providerOptions && { providerOptions }) }, system, signature, model);
  };
  const asked = (request: ChatRequest) => {
    observation?.asked?.(request);
    return request;
  };
  const before = hooks.flatMap((one) => (one.beforeModel === undefined ? [] : [one]));
  if (prepareStep === undefined && before.length === 0) {
    return wrapModel(observers.model(model), ({ request }) => ({ request: asked(framed(request)) }));
  }
  return wrapModel(model, ({ options: call }) => {
    let answering = model;
    return {
      request: async (given) => {
        const step = steps++;
        const change = await prepareStep?.({ step, request: framed(given), context });
        if (change !== undefined && change !== null) checkChange(change, "prepareStep");
        answering = change?.model ?? model;
        let request = change?.request ?? framed(given);
        for (const one of before) request = (await one.beforeModel?.({ step, request, context })) ?? request;
        return asked(request);
      },
      ask: (request) => innerSource(observers.model(answering), request, call),
    };
  });
}

/** What `prepareStep` returned: a field that is misspelt would change nothing. */
const checkChange = exactly("the change of a step", {
  request: anything,
  model: having("a chat model", "stream"),
} satisfies Record<keyof StepChange, Check>);

/** What is asked of providers for a turn, by the memory for one, stands beside what the agent asks of them always. */
function mergedOptions(
  always: ChatRequest["providerOptions"],
  now: ChatRequest["providerOptions"],
): ChatRequest["providerOptions"] {
  if (always === undefined || now === undefined) return always ?? now;
  const merged = { ...always };
  for (const [provider, options] of Object.entries(now)) merged[provider] = { ...merged[provider], ...options };
  return merged;
}
