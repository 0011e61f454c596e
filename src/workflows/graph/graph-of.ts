import { comesBefore } from "../plan/comes-before.js";
import { END, type PlannedStep, type WorkflowPlan } from "../plan/plan.js";

/** A step, or the end of the run, as it is drawn. */
export interface GraphNode {
  id: string;
  label: string;
  /** The step's type; `end` for the end of the run. */
  type: string;
  /** What runs inside it, by the name of the body. */
  bodies: ReadonlyMap<string, Graph>;
}

/** A line from one step to another. */
export interface GraphEdge {
  from: string;
  to: string;
  /** The value that leads there. */
  label?: string;
  /** `data`: it reads the other's result; `route`: it may be chosen; `order`: it only comes after it; `loop`: it runs again. */
  kind: "data" | "route" | "order" | "loop";
}

/** A workflow as it is drawn. */
export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

const END_ID = "__end";

/** The steps of a plan and the lines between them. */
export function graphOf(plan: WorkflowPlan): Graph {
  const nodes = plan.steps.map((step): GraphNode => {
    const bodies = new Map([...step.bodies].map(([name, body]) => [name, graphOf(body)]));
    return { id: step.id, label: step.id, type: step.type.type, bodies };
  });
  const edges = plan.steps.flatMap((step) => [...routesOf(step, plan), ...needsOf(step, plan)]);
  const ends = edges.some(({ to }) => to === END_ID);
  return { nodes: ends ? [...nodes, { id: END_ID, label: "end", type: "end", bodies: new Map() }] : nodes, edges };
}

function routesOf(step: PlannedStep, plan: WorkflowPlan): GraphEdge[] {
  const { routes, condition, next, onError } = step;
  const choices: [number, string | undefined][] = [...(routes?.cases ?? [])].map(([value, to]) => [to, value]);
  if (routes?.otherwise !== undefined) choices.push([routes.otherwise, "default"]);
  if (condition?.then !== undefined) choices.push([condition.then, "then"]);
  if (condition?.otherwise !== undefined) choices.push([condition.otherwise, "else"]);
  if (next !== undefined) choices.push([next, undefined]);
  if (onError.action === "go") choices.push([onError.to, "error"]);
  return [...grouped(choices)].map(([to, all]) => {
    const labels = all.flatMap(([, label]) => (label === undefined ? [] : [label]));
    const loop = plan.loops.some((back) => back.from === step.index && back.to === to);
    return {
      from: step.id,
      to: to === END ? END_ID : (plan.steps[to]?.id ?? END_ID),
      ...(labels.length > 0 && { label: labels.join(", ") }),
      kind: loop ? "loop" : "route",
    };
  });
}

function grouped(choices: readonly [number, string | undefined][]): Map<number, [number, string | undefined][]> {
  const groups = new Map<number, [number, string | undefined][]>();
  for (const choice of choices) groups.set(choice[0], [...(groups.get(choice[0]) ?? []), choice]);
  return groups;
}

/** What a step reads; an order that something it reads brings about anyway is not drawn. */
function needsOf(step: PlannedStep, plan: WorkflowPlan): GraphEdge[] {
  const gates = new Set(step.gates);
  const read = step.needs.filter(({ kind }) => kind === "data").map(({ from }) => from);
  return step.needs.flatMap(({ from, kind }): GraphEdge[] => {
    const source = plan.steps[from];
    if (source === undefined || gates.has(from)) return [];
    if (kind === "order" && (read.length > 0 || gates.size > 0) && read.some((other) => comesAfter(plan, other, from)))
      return [];
    return [{ from: source.id, to: step.id, kind }];
  });
}

function comesAfter(plan: WorkflowPlan, later: number, earlier: number): boolean {
  return comesBefore(earlier, later, (at) => {
    const step = plan.steps[at];
    return step === undefined ? [] : [...step.needs.map(({ from }) => from), ...step.gates];
  });
}
