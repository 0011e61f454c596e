import { expect, test } from "vitest";
import { layoutGraph, NODE } from "./graph-layout.js";

const node = (id: string) => ({ id, type: "llm_chat" });

test("each step stands below what leads to it, and no two stand at one place", () => {
  const { nodes, edges, width, height } = layoutGraph({
    nodes: ["a", "b", "c", "d"].map(node),
    edges: [
      { from: "a", to: "b", kind: "data" },
      { from: "a", to: "c", kind: "data" },
      { from: "b", to: "d", kind: "data" },
      { from: "c", to: "d", kind: "route", label: "yes" },
      { from: "d", to: "a", kind: "loop", label: "again" },
    ],
  });
  const at = new Map(nodes.map((one) => [one.id, one]));
  expect(at.get("b")?.y).toBeGreaterThan(at.get("a")?.y ?? 0);
  expect(at.get("b")?.y).toBe(at.get("c")?.y);
  expect(at.get("d")?.y).toBeGreaterThan(at.get("c")?.y ?? 0);
  expect(Math.abs((at.get("b")?.x ?? 0) - (at.get("c")?.x ?? 0))).toBeGreaterThanOrEqual(NODE.width);
  expect(edges).toHaveLength(5);
  expect(edges.find(({ kind }) => kind === "route")?.label?.text).toBe("yes");
  for (const one of nodes) {
    expect(one.x + one.width).toBeLessThanOrEqual(width);
    expect(one.y + one.height).toBeLessThanOrEqual(height);
  }
});

test("a circle of edges ends, and an edge to what there is not is left out", () => {
  const { nodes, edges } = layoutGraph({
    nodes: ["a", "b"].map(node),
    edges: [
      { from: "a", to: "b", kind: "data" },
      { from: "b", to: "a", kind: "data" },
      { from: "a", to: "none", kind: "data" },
    ],
  });
  expect(nodes).toHaveLength(2);
  expect(edges).toHaveLength(2);
});

test("a line that others imply is not drawn; a way that may be chosen is", () => {
  const { edges } = layoutGraph({
    nodes: ["a", "b", "c"].map(node),
    edges: [
      { from: "a", to: "b", kind: "data" },
      { from: "b", to: "c", kind: "data" },
      { from: "a", to: "c", kind: "data" },
      { from: "a", to: "c", kind: "route", label: "skip" },
    ],
  });
  expect(edges.map(({ from, to, kind }) => `${from} ${to} ${kind}`)).toEqual(["a b data", "b c data", "a c route"]);
});
