import type { Workflow } from "../workflow.js";
import { type Graph, type GraphEdge, type GraphNode, graphOf } from "./graph-of.js";

/** Sizes in pixels. */
const BOX = { height: 44, gapX: 28, gapY: 56, letter: 7.4, padding: 14, least: 90 };
const MARGIN = 16;

interface Box extends GraphNode {
  x: number;
  y: number;
  width: number;
}

/** The workflow as an SVG picture: steps in layers, the first on top. It has no scripts and loads nothing. */
export function toSvg(workflow: Workflow): string {
  const { nodes, edges } = graphOf(workflow.plan);
  const boxes = placed({ nodes, edges });
  const width = Math.max(...boxes.map(({ x, width: w }) => x + w), 0) + MARGIN;
  const height = Math.max(...boxes.map(({ y }) => y + BOX.height), 0) + MARGIN;
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const lines = edges.flatMap((edge) => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    return from === undefined || to === undefined ? [] : [drawEdge(edge, from, to)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(workflow.name)}</title>`,
    STYLE,
    MARKER,
    ...lines,
    ...boxes.map(drawBox),
    "</svg>\n",
  ].join("\n");
}

const STYLE =
  "<style>rect{fill:#fff;stroke:#456;stroke-width:1.2}text{font:13px system-ui,sans-serif;fill:#123;text-anchor:middle}" +
  ".type{font-size:10px;fill:#678}path{fill:none;stroke:#678;stroke-width:1.2}.route,.loop{stroke:#246;stroke-width:2}" +
  ".order{stroke-dasharray:3 4}.label{font-size:11px;fill:#246}</style>";
const MARKER =
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
  '<polygon points="0,0 8,4 0,8" fill="#456"/></marker></defs>';

/** Each step below everything that leads to it; within a layer, near the middle of what leads to it. */
function placed({ nodes, edges }: Graph): Box[] {
  const layers = layersOf(nodes, edges);
  const boxes = new Map<string, Box>();
  const depth = Math.max(0, ...layers.values()) + 1;
  for (let layer = 0; layer < depth; layer++) {
    const row = nodes.filter(({ id }) => layers.get(id) === layer);
    const sorted = row
      .map((node) => ({ node, middle: middleOf(node.id, edges, boxes) }))
      .sort((a, b) => a.middle - b.middle);
    let x = MARGIN;
    for (const { node } of sorted) {
      const width = Math.max(BOX.least, Math.max(node.label.length, node.type.length) * BOX.letter + 2 * BOX.padding);
      boxes.set(node.id, { ...node, x, y: MARGIN + layer * (BOX.height + BOX.gapY), width });
      x += width + BOX.gapX;
    }
  }
  return [...boxes.values()];
}

function layersOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const layers = new Map(nodes.map(({ id }) => [id, 0]));
  const forward = edges.filter(({ kind }) => kind !== "loop");
  // As many rounds as the longest way has steps; what is no circle settles by then.
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

function middleOf(id: string, edges: readonly GraphEdge[], boxes: ReadonlyMap<string, Box>): number {
  const above = edges.flatMap(({ from, to }) => {
    const box = to === id ? boxes.get(from) : undefined;
    return box === undefined ? [] : [box.x + box.width / 2];
  });
  return above.length === 0 ? 0 : above.reduce((sum, x) => sum + x, 0) / above.length;
}

function drawBox({ label, type, x, y, width, bodies }: Box): string {
  const round = type === "input" || type === "output" || type === "end" ? BOX.height / 2 : 6;
  const inside = [...bodies.values()].reduce((sum, { nodes }) => sum + nodes.length, 0);
  const kind = inside === 0 ? type : `${type}, ${inside} inside`;
  const middle = x + width / 2;
  const second = type === "end" ? "" : `<text class="type" x="${middle}" y="${y + 34}">${escaped(kind)}</text>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${BOX.height}" rx="${round}"/><text x="${middle}" y="${y + 19}">${escaped(label)}</text>${second}`;
}

function drawEdge({ kind, label }: GraphEdge, from: Box, to: Box): string {
  const [x1, y1] = [from.x + from.width / 2, from.y + BOX.height];
  const [x2, y2] = [to.x + to.width / 2, to.y];
  const back = y2 <= from.y;
  const path = back
    ? `M${from.x + from.width},${from.y + 22} C${from.x + from.width + 60},${from.y} ${to.x + to.width + 60},${to.y + 44} ${to.x + to.width},${to.y + 22}`
    : `M${x1},${y1} C${x1},${y1 + BOX.gapY / 2} ${x2},${y2 - BOX.gapY / 2} ${x2},${y2}`;
  const line = `<path class="${kind}" d="${path}" marker-end="url(#arrow)"/>`;
  if (label === undefined) return line;
  const at = back
    ? { x: from.x + from.width + 40, y: (from.y + to.y) / 2 + 22 }
    : { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
  return `${line}<text class="label" x="${at.x}" y="${at.y}">${escaped(label)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
