import type { ChatModel } from "../../stream/chat-model.js";
import { anything, exactly, filledString, limit, list, record } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { ChatMessage, ToolResultPart } from "../../stream/message.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import type { AgentOptions } from "../agent-options.js";
import { checkMembers, type Member, team } from "./team.js";

/** Who may be a member of `handOff`: an agent of any signature, since each gets tools to hand over with. */
export interface HandOffMember extends Member {
  readonly options: Readonly<AgentOptions>;
}

/** Settings of `handOff`. */
export interface HandOffOptions {
  /** Who may speak; the first one begins. */
  members: readonly HandOffMember[];
  /** The members that each member may hand over to, by name. Default: everybody to everybody. */
  routes?: Readonly<Record<string, readonly string[]>>;
  /** Most hand-offs of one answer; the member that speaks then answers itself. Default 5. */
  maxHandOffs?: number;
  /** Default `team`. */
  name?: string;
}

const PREFIX = "hand_over_to_";

const ROUTES = record("names of members, each with a list of names", list("a list of names", filledString));

/**
 * Agents that hand the conversation over to one another: whoever has it speaks, sees everything, and keeps it for the next
 * turns. A cycle of hand-offs ends at `maxHandOffs`.
 *
 * @throws {SluiceError} `invalid-argument` for a route to nobody, and for a member that is no agent.
 * @example
 * ```ts
 * import { Agent, handOff } from "sluice/agents";
 *
 * const desk = new Agent({ name: "desk", model: "openai/gpt-5-nano", instructions: "Send refunds to refunds." });
 * const refunds = new Agent({ name: "refunds", description: "Pays money back.", model: "openai/gpt-5-mini" });
 * const service = handOff({ members: [desk, refunds], routes: { desk: ["refunds"] } });
 * console.log(service.id);
 * ```
 */
export function handOff(options: HandOffOptions): ChatModel & Member {
  const known = { members: { required: anything }, routes: ROUTES, maxHandOffs: limit, name: filledString };
  exactly("handOff", known)(options, "");
  const { members: agents, routes, maxHandOffs = 5, name = "team" } = options;
  checkMembers(agents);
  for (const [index, { options: settings }] of agents.entries())
    if (settings === undefined) throw invalid(`members[${index}]`, agents[index], "an agent, which a team is not");
  const names = agents.map((agent) => agent.name);
  for (const [from, targets] of Object.entries(routes ?? {})) {
    for (const one of [from, ...targets])
      if (!names.includes(one)) throw invalid(`routes.${from}`, one, names.join(", "));
  }
  const targetsOf = (agent: HandOffMember) =>
    agents.filter((one) => one !== agent && (routes?.[agent.name] ?? names).includes(one.name));
  const handing = new Map(agents.map((agent) => [agent.name, withHandOff(agent, targetsOf(agent))]));
  return team({
    name,
    members: agents.map((agent) => handing.get(agent.name) ?? agent),
    maxTurns: maxHandOffs + 1,
    view: "own",
    next({ request, ended, lastSpeaker }) {
      const last = ended.at(-1);
      if (last === undefined) {
        const first = (lastSpeaker === undefined ? undefined : handing.get(lastSpeaker)) ?? handing.get(names[0] ?? "");
        return first && { member: first };
      }
      // A turn that was resumed to its end, without another answer, hands over as it meant to before it waited.
      const isResumed = last.messages.every(({ role }) => role !== "assistant");
      const target = handedTo(isResumed ? [...request.messages, ...last.messages] : last.messages);
      // Nobody may hand over any more: whoever has the conversation answers.
      const member =
        ended.length >= maxHandOffs ? agents.find((one) => one.name === target) : handing.get(target ?? "");
      return member && { member };
    },
  });
}

/** The same agent with a tool for each agent that it may hand over to. */
function withHandOff(agent: HandOffMember, targets: readonly HandOffMember[]): Member {
  /** The agent that an answer handed over to, by the history that it answers. A second hand-off of the same answer does not count. */
  const handed = new WeakMap<readonly ChatMessage[], string>();
  const tools = targets.map((target) =>
    tool({
      name: `${PREFIX}${target.name}`,
      description: `Hands the conversation over to ${target.name}${target.description ? `, who ${target.description}` : ""}.`,
      input: { type: "object", properties: {} },
      run(_, { messages }) {
        const other = handed.get(messages);
        if (other !== undefined) {
          const why = `${other} has the conversation already, and ${target.name} does not get it as well`;
          throw new SluiceError("tool-failed", why);
        }
        handed.set(messages, target.name);
        return `${target.name} has the conversation now.`;
      },
    }),
  );
  const { tools: own = [], stopWhen } = agent.options;
  const options: AgentOptions = {
    ...agent.options,
    tools: [...own, ...tools],
    stopWhen: (state) => state.results.some(handsOver) || (stopWhen?.(state) ?? false),
  };
  return new Agent(options);
}

/** The member that the last step of a turn handed over to. */
function handedTo(messages: readonly ChatMessage[]): string | undefined {
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  const results = messages.slice(answer + 1).flatMap(({ role, content }) => (role === "tool" ? content : []));
  for (const part of results) {
    if (part.type === "tool-result" && handsOver(part)) return part.name.slice(PREFIX.length);
  }
  return undefined;
}

/** A hand-off that was denied, or failed, does not count. */
function handsOver({ name, isError }: ToolResultPart): boolean {
  return name.startsWith(PREFIX) && isError !== true;
}
