import type { Workflow } from "../workflow.js";
import { type Graph, type GraphEdge, type GraphNode, graphOf } from "./graph-of.js";

/** How a step of a type is drawn: what stands before and after its label. */
const SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  input: ["[/", "/]"],
  output: ["[\\", "\\]"],
  file_output: ["[(", ")]"],
  memory_store: ["[(", ")]"],
  memory_retrieve: ["[(", ")]"],
  condition: ["{", "}"],
  human_approval: ["{{", "}}"],
  end: ["((", "))"],
};
const LINES = { data: "-->", route: "==>", order: "-.->", loop: "==>" } as const;

/**
 * The workflow as the text of a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).
 * @example
 * ```ts
 * import { loadWorkflow, toMermaid } from "sluice/workflows";
 *
 * console.log(toMermaid(await loadWorkflow({ steps: [{ id: "a", type: "llm_chat", inputs: { message: "Hi" } }] })));
 * ```
 */
export function toMermaid(workflow: Workflow): string {
  const lines = ["flowchart TD"];
  draw(graphOf(workflow.plan), "", "  ", lines);
  return `${lines.join("\n")}\n`;
}

function draw({ nodes, edges }: Graph, prefix: string, indent: string, lines: string[]): void {
  const names = new Map(nodes.map((node, index) => [node.id, `${prefix}n${index}`]));
  for (const node of nodes) drawNode(node, names.get(node.id) ?? "", indent, lines);
  for (const edge of edges) lines.push(`${indent}${drawEdge(edge, names)}`);
}

function drawNode({ label, type, bodies }: GraphNode, name: string, indent: string, lines: string[]): void {
  const [open, close] = SHAPES[type] ?? ["[", "]"];
  const words = type === "end" ? label : `${label}<br/><small>${type}</small>`;
  if (bodies.size === 0) {
    lines.push(`${indent}${name}${open}${quoted(words)}${close}`);
    return;
  }
  lines.push(`${indent}subgraph ${name}[${quoted(words)}]`);
  for (const [index, body] of [...bodies.values()].entries()) draw(body, `${name}b${index}`, `${indent}  `, lines);
  lines.push(`${indent}end`);
}

function drawEdge({ from, to, label, kind }: GraphEdge, names: ReadonlyMap<string, string>): string {
  const line = label === undefined ? LINES[kind] : `${LINES[kind]}|${quoted(label)}|`;
  return `${names.get(from)} ${line} ${names.get(to)}`;
}

/** Mermaid's strings have no escapes but entities. */
function quoted(text: string): string {
  return `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("\n", " ")}"`;
}
