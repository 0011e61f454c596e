import { modelOf } from "../../models/model-of.js";
import type { DataEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { anything, exactly, filledString, limit } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { object } from "../../structured/object.js";
import { type PlanItem, readPlan } from "../plan/plan.js";
import { checkMembers, describedMembers, type Member, type Speaker, type TeamState, team } from "./team.js";

/** Settings of `plannedByModel`. */
export interface PlannedOptions {
  /** Who do the tasks. None may be called `planner`. */
  members: readonly Member[];
  /** Makes the plan from the members' names and descriptions, and writes the answer when all is done: a model, or its name. */
  planner: ChatModel | string;
  /** Most tasks of a plan. Default 8. */
  maxTasks?: number;
  /** Default `team`. */
  name?: string;
}

const PLANNER = "planner";
const PLAN = "agent/plan";

/**
 * A model plans first: which member does what, in which order. Each does its task, seeing what the others found; then the planner
 * answers. The plan is a `data` event named `agent/plan` at the beginning of each turn, with how far it is. It stands in the
 * conversation, so an answer that waits for somebody goes on with it in another process.
 *
 * @throws {SluiceError} `invalid-argument`. The stream ends with `invalid-output` where the planner makes no valid plan twice in a
 *   row.
 * @example
 * ```ts
 * import { Agent, plannedByModel } from "sluice/agents";
 *
 * const members = ["ada", "bob"].map((name) => new Agent({ name, model: "openai/gpt-5-mini" }));
 * const team = plannedByModel({ members, planner: "openai/gpt-5" });
 * console.log(await team.stream({ messages: [{ role: "user", content: "Plan a picnic." }] }).fullText);
 * ```
 */
export function plannedByModel(options: PlannedOptions): ChatModel & Member {
  const known = {
    members: { required: anything },
    planner: { required: anything },
    maxTasks: limit,
    name: filledString,
  };
  exactly("plannedByModel", known)(options, "");
  const { members, maxTasks = 8, name = "team" } = options;
  const planner = modelOf(options.planner, "planner");
  checkMembers(members);
  const writer: Member = { name: PLANNER, asModel: () => planner };
  return team({
    name,
    members: [...members, writer],
    maxTurns: maxTasks + 1,
    view: "named",
    async next(state) {
      if (state.ended.at(-1)?.agent === PLANNER) return undefined;
      const items = planOf(state, members)?.map(ended) ?? (await makePlan(planner, members, maxTasks, state));
      return nextTask(items, members) ?? summary(items, writer);
    },
  });
}

function nextTask(items: readonly PlanItem[], members: readonly Member[]): Speaker | undefined {
  const at = items.findIndex(({ status }) => status === "open");
  const member = members.find(({ name }) => name === items[at]?.agent);
  const task = items[at];
  if (member === undefined || task === undefined) return undefined;
  return { member, prompt: task.text, opening: [planEvent(items.with(at, { ...task, status: "running" }))] };
}

function summary(items: readonly PlanItem[], writer: Member): Speaker {
  if (items.length === 0) return { member: writer };
  const prompt = "All tasks are done. Answer the question with what was found.";
  return { member: writer, prompt, opening: [planEvent(items)] };
}

function ended(item: PlanItem): PlanItem {
  return item.status === "running" ? { ...item, status: "done" } : item;
}

function planEvent(items: readonly PlanItem[]): DataEvent {
  const value = { items: items.map((item) => ({ ...item })) };
  return { type: "data", name: PLAN, value, opaque: { dialect: "sluice", data: value } };
}

/** The plan of this answer as it was last emitted: in this process, or before the answer waited. */
function planOf({ ended, request }: TeamState, members: readonly Member[]): readonly PlanItem[] | undefined {
  if (ended.length === 0) return undefined;
  for (const { opening } of ended.toReversed()) {
    const event = opening.find((one) => one.type === "data" && one.name === PLAN);
    if (event?.type === "data") return readPlan(event.value, PLAN).items;
  }
  for (const { role, content } of request.messages.toReversed()) {
    if (role === "user") return undefined;
    if (role !== "assistant" || typeof content === "string") continue;
    const part = content.findLast((one) => one.type === "opaque" && one.name === PLAN);
    if (part?.type === "opaque") return itemsOf(part.opaque.data, members);
  }
  return undefined;
}

/** A plan that was sent back: by whom is not known, nor whether it was made for these members. */
function itemsOf(value: unknown, members: readonly Member[]): readonly PlanItem[] {
  const { items } = readPlan(value, PLAN);
  const names = members.map(({ name }) => name);
  for (const [index, { agent }] of items.entries()) {
    if (agent === undefined || !names.includes(agent))
      throw invalid(`${PLAN}.items[${index}].agent`, agent, `one of the members: ${names.join(", ")}`);
  }
  return items;
}

async function makePlan(
  planner: ChatModel,
  members: readonly Member[],
  maxTasks: number,
  { request, signal, call: { context }, spend }: TeamState,
): Promise<PlanItem[]> {
  const system = `Plan how these agents answer together, one task after the other; each sees the results before its own. Give each task whole, as to somebody who knows only the conversation. No tasks where none is needed.\n${describedMembers(members)}`;
  const messages: ChatMessage[] = [{ role: "system", content: system }, ...request.messages];
  const asked = object(planner, planSchema(members, maxTasks), messages, {
    name: "plan",
    repair: true,
    signal,
    ...(context && { context }),
  });
  const { tasks } = (await asked.object) as { tasks: { agent: string; task: string }[] };
  spend(await asked.stream.usage, planner.id);
  return tasks.map(({ agent, task }) => ({ text: task, status: "open", agent }));
}

function planSchema(members: readonly Member[], maxTasks: number) {
  const properties = {
    agent: { type: "string", enum: members.map(({ name }) => name) },
    task: { type: "string", minLength: 1 },
  };
  const task = { type: "object", properties, required: ["agent", "task"], additionalProperties: false };
  return {
    type: "object",
    properties: { tasks: { type: "array", maxItems: maxTasks, items: task } },
    required: ["tasks"],
    additionalProperties: false,
  };
}
