import type { Graph, GraphEdge } from "../../workflows/graph/graph-of.js";

/** A graph as JSON has it. */
export interface GraphJson {
  nodes: { id: string; type: string; bodies?: Record<string, GraphJson> }[];
  edges: readonly GraphEdge[];
}

/** A workflow's graph for clients that draw it; what runs inside a step is in its `bodies`. */
export function graphJson({ nodes, edges }: Graph): GraphJson {
  return {
    nodes: nodes.map(({ id, type, bodies }) => ({
      id,
      type,
      ...(bodies.size > 0 && {
        bodies: Object.fromEntries([...bodies].map(([name, body]) => [name, graphJson(body)])),
      }),
    })),
    edges,
  };
}
