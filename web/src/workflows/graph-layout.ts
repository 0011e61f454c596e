import type { GraphJson } from "../../../src/server/workflows/graph-json.js";

/** A step as it is placed, in px. */
export interface PlacedNode {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** How many steps run inside it. */
  inside: number;
}

/** A line as it is drawn. */
interface PlacedEdge {
  from: string;
  to: string;
  kind: "data" | "route" | "order" | "loop";
  /** A path of SVG. */
  d: string;
  label?: { text: string; x: number; y: number };
}

/** A graph as it is drawn. */
export interface GraphLayout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

/** Sizes, in px. */
export const NODE = { width: 196, height: 60, gapX: 36, gapY: 64, margin: 24 } as const;
/** Rounds in which rows are put in order by their neighbours. */
const ROUNDS = 4;

type Edge = GraphJson["edges"][number];

/**
 * Places the steps in layers, each below everything that leads to it; within a layer by the middle of their neighbours, first from
 * above, then from below, so that few lines cross. Lines that go back run at the right.
 */
export function layoutGraph({ nodes, edges: all }: GraphJson): GraphLayout {
  const edges = all.filter((edge) => !isImplied(edge, all));
  const forward = edges.filter(({ kind }) => kind !== "loop");
  const layers = layersOf(nodes, forward);
  const rows = rowsOf(nodes, layers, forward);
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const inner = widest * NODE.width + (widest - 1) * NODE.gapX;
  const placed = new Map<string, PlacedNode>();
  for (const [layer, row] of rows.entries()) {
    const width = row.length * NODE.width + (row.length - 1) * NODE.gapX;
    const left = NODE.margin + (inner - width) / 2;
    for (const [place, id] of row.entries()) {
      const node = nodes.find((one) => one.id === id);
      if (node === undefined) continue;
      placed.set(id, {
        id,
        type: node.type,
        x: left + place * (NODE.width + NODE.gapX),
        y: NODE.margin + layer * (NODE.height + NODE.gapY),
        width: NODE.width,
        height: NODE.height,
        inside: Object.values(node.bodies ?? {}).reduce((sum, body) => sum + body.nodes.length, 0),
      });
    }
  }
  const loops = edges.some(({ kind }) => kind === "loop") ? 64 : 0;
  return {
    nodes: [...placed.values()],
    edges: edges.flatMap((edge) => drawn(edge, placed) ?? []),
    width: inner + 2 * NODE.margin + loops,
    height: rows.length * (NODE.height + NODE.gapY) - NODE.gapY + 2 * NODE.margin,
  };
}

/** Whether a step reads another that comes before it anyway, by way of others: a line of its own would only cross theirs. */
function isImplied({ from, to, kind }: Edge, edges: readonly Edge[]): boolean {
  if (kind !== "data" && kind !== "order") return false;
  const seen = new Set<string>();
  const queue = edges
    .filter((edge) => edge.from === from && edge.to !== to && edge.kind !== "loop")
    .map((edge) => edge.to);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const edge of edges) if (edge.from === at && edge.kind !== "loop") queue.push(edge.to);
  }
  return false;
}

function layersOf(nodes: GraphJson["nodes"], forward: readonly Edge[]): Map<string, number> {
  const layers = new Map(nodes.map(({ id }) => [id, 0]));
  for (let round = 0, changed = true; changed && round < nodes.length; round++) {
    changed = false;
    for (const { from, to } of forward) {
      const below = (layers.get(from) ?? 0) + 1;
      if ((layers.get(to) ?? 0) >= below) continue;
      layers.set(to, below);
      changed = true;
    }
  }
  return layers;
}

function rowsOf(nodes: GraphJson["nodes"], layers: ReadonlyMap<string, number>, forward: readonly Edge[]): string[][] {
  const depth = Math.max(0, ...layers.values()) + 1;
  const rows: string[][] = Array.from({ length: depth }, () => []);
  for (const { id } of nodes) rows[layers.get(id) ?? 0]?.push(id);
  for (let round = 0; round < ROUNDS; round++) {
    const down = round % 2 === 0;
    const order = down ? rows : [...rows].reverse();
    for (const row of order) {
      const middles = new Map(row.map((id, index) => [id, middleOf(id, index, rows, forward, down)]));
      row.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0));
    }
  }
  return rows;
}

/** The mean place of its neighbours, as a share of their rows; its own place where it has none. */
function middleOf(id: string, own: number, rows: readonly string[][], edges: readonly Edge[], down: boolean): number {
  const places = edges.flatMap(({ from, to }) => {
    const neighbour = down ? (to === id ? from : undefined) : from === id ? to : undefined;
    const row = rows.find((one) => neighbour !== undefined && one.includes(neighbour));
    return row === undefined || neighbour === undefined ? [] : [(row.indexOf(neighbour) + 0.5) / row.length];
  });
  const row = rows.find((one) => one.includes(id));
  if (places.length === 0) return (own + 0.5) / (row?.length ?? 1);
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}

function drawn({ from, to, kind, label }: Edge, placed: ReadonlyMap<string, PlacedNode>): PlacedEdge | undefined {
  const [a, b] = [placed.get(from), placed.get(to)];
  if (a === undefined || b === undefined) return undefined;
  const edge = { from, to, kind };
  if (b.y <= a.y) {
    const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x + b.width, b.y + b.height / 2];
    const out = Math.max(x1, x2) + 44;
    const d = `M${x1} ${y1} C${out} ${y1} ${out} ${y2} ${x2} ${y2}`;
    return { ...edge, d, ...(label && { label: { text: label, x: out - 8, y: (y1 + y2) / 2 } }) };
  }
  const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y];
  const bend = Math.max(28, (y2 - y1) / 2);
  const d = `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  return { ...edge, d, ...(label && { label: { text: label, x: (x1 + x2) / 2, y: (y1 + y2) / 2 } }) };
}
