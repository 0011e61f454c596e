import type { JsonValue } from "../../base/json.js";
import type { Batch } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { exactly, list, oneOf, string } from "../../stream/checks.js";
import { transform } from "../../stream/sources/transform.js";
import { wrapModel } from "../../stream/wrap-model.js";
import { type Tool, tool } from "../../tools/tool.js";

/** One thing to do. */
export interface PlanItem {
  /** What is to be done. */
  text: string;
  /** How far it is. */
  status: "open" | "running" | "done";
  /** In a team that plans: the member whose task it is. */
  agent?: string;
}

/** The value of a `data` event named `agent/plan`: the whole plan, as the agent has it now. */
export interface AgentPlan {
  /** What is to be done, in order. */
  items: PlanItem[];
}

const NAME = "plan";

const checkPlan = exactly("a plan", {
  items: {
    required: list(
      "the items of a plan",
      exactly("an item of a plan", {
        text: { required: string },
        status: { required: oneOf("open", "running", "done") },
        agent: string,
      } satisfies Record<keyof PlanItem, unknown>),
    ),
  },
} satisfies Record<keyof AgentPlan, unknown>);

/**
 * A plan that a model wrote, or that somebody sent back.
 *
 * @throws {SluiceError} `invalid-argument`, with the field that is wrong, below `path`.
 */
export function readPlan(value: unknown, path: string): AgentPlan {
  checkPlan(value, path);
  return value as AgentPlan;
}

/** The tool with which a model writes down what it is going to do, and how far it is. */
export const planTool = tool({
  name: NAME,
  description:
    "Writes down the plan of a task that takes several steps, and how far it is. Give the whole plan each time; have one item running.",
  input: {
    type: "object",
    properties: {
      items: {
        type: "array",
        maxItems: 100,
        items: {
          type: "object",
          properties: {
            text: { type: "string", minLength: 1, maxLength: 500 },
            status: { type: "string", enum: ["open", "running", "done"] },
          },
          required: ["text", "status"],
          additionalProperties: false,
        },
      },
    },
    required: ["items"],
    additionalProperties: false,
  },
  run: (given) => {
    const { items } = readPlan(given, "plan");
    return `${items.filter(({ status }) => status === "done").length} of ${items.length} done`;
  },
}) as Tool;

/** The model with a `data` event named `agent/plan` behind each result of its plan tool. */
export function withPlanEvents(model: ChatModel): ChatModel {
  return wrapModel(model, () => ({
    answer: (source) => {
      const plans = new Map<string, JsonValue>();
      return transform(source, { push: (batch) => withPlans(batch, plans) });
    },
  }));
}

function withPlans(batch: Batch, plans: Map<string, JsonValue>): Batch {
  let out: ChatEvent[] | undefined;
  for (const [index, event] of batch.entries()) {
    if (event.type === "tool-call" && event.name === NAME) plans.set(event.callId, event.input);
    if (event.type === "retract") plans.clear();
    const plan = event.type === "tool-result" && !event.isError ? plans.get(event.callId) : undefined;
    if (plan !== undefined) out ??= batch.slice(0, index);
    out?.push(event);
    if (plan !== undefined) out?.push({ type: "data", name: "agent/plan", value: plan });
  }
  return out ?? batch;
}
