import type { SyntaxNode, Tree } from "@lezer/common";
import type { JsonPath } from "./schema-at.js";

/** Where in a JSON text a place is. */
export interface JsonPlace {
  /** To the object, array or value that it is in. */
  path: JsonPath;
  /** Whether a property's name is written there, or a value. */
  writes: "name" | "value";
  /** What is replaced by what is chosen there. */
  from: number;
  to: number;
  /** Whether it is in quotes. */
  quoted: boolean;
  /** Names that the object has. */
  present: ReadonlySet<string>;
}

/** What the text means at a position. */
export function placeAt(tree: Tree, text: (from: number, to: number) => string, pos: number): JsonPlace | undefined {
  const node = tree.resolveInner(pos, -1);
  const { name } = node;
  if (name === "PropertyName") {
    const object = node.parent?.parent ?? null;
    return { path: pathOf(object, text), writes: "name", ...spanOf(node, text), present: namesIn(object, text, node) };
  }
  if (name === "String" || name === "Number" || name === "True" || name === "False" || name === "Null") {
    return { path: pathOf(node, text), writes: "value", ...spanOf(node, text), present: new Set() };
  }
  const empty = { from: pos, to: pos, quoted: false };
  if (name === "Object" || name === "{" || name === "⚠") {
    const object = around(node, "Object");
    const property = around(node, "Property");
    const isInner = property !== null && object !== null && property.from > object.from;
    if (isInner && property !== null && /:\s*$/.test(text(property.from, pos))) {
      return { path: pathOf(property, text), writes: "value", ...empty, present: new Set() };
    }
    if (object === null) return undefined;
    return { path: pathOf(object, text), writes: "name", ...empty, present: namesIn(object, text) };
  }
  if (name === "Property") return { path: pathOf(node, text), writes: "value", ...empty, present: new Set() };
  return undefined;
}

/** The span of a value, or of its name: what a diagnostic underlines. The nearest that there is where the path ends early. */
export function rangeOf(
  tree: Tree,
  text: (from: number, to: number) => string,
  path: JsonPath,
): { from: number; to: number } {
  let node: SyntaxNode | null = tree.topNode.firstChild;
  let found = node;
  let label: SyntaxNode | null = null;
  for (const step of path) {
    if (node === null) break;
    const next: SyntaxNode | null = typeof step === "number" ? itemAt(node, step) : propertyAt(node, step, text);
    if (next === null) break;
    label = next.name === "Property" ? next.getChild("PropertyName") : null;
    node = next.name === "Property" ? next.lastChild : next;
    found = node ?? next;
  }
  const shown = found !== null && isLarge(found) ? (label ?? firstOf(found)) : found;
  return shown === null ? { from: 0, to: 0 } : { from: shown.from, to: shown.to };
}

/** `steps[2].inputs.message` as its parts. */
export function parsePath(path: string): JsonPath {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function isLarge({ name }: SyntaxNode): boolean {
  return name === "Object" || name === "Array";
}

/** An object in a list is named by its first line. */
function firstOf(node: SyntaxNode): SyntaxNode {
  return node.getChild("Property") ?? node;
}

function itemAt(node: SyntaxNode, index: number): SyntaxNode | null {
  if (node.name !== "Array") return null;
  let at = -1;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (VALUES.has(child.name) && ++at === index) return child;
  }
  return null;
}

function propertyAt(node: SyntaxNode, name: string, text: (from: number, to: number) => string): SyntaxNode | null {
  if (node.name !== "Object") return null;
  return node.getChildren("Property").find((property) => nameOf(property, text) === name) ?? null;
}

const VALUES: ReadonlySet<string> = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);

function pathOf(node: SyntaxNode | null, text: (from: number, to: number) => string): JsonPath {
  const path: (string | number)[] = [];
  for (let at = node; at !== null; at = at.parent) {
    if (at.name === "Property") path.unshift(nameOf(at, text));
    else if (at.parent?.name === "Array" && VALUES.has(at.name)) path.unshift(indexOf(at));
  }
  return path;
}

function indexOf(node: SyntaxNode): number {
  let index = 0;
  for (let before = node.prevSibling; before !== null; before = before.prevSibling)
    if (VALUES.has(before.name)) index++;
  return index;
}

function nameOf(property: SyntaxNode, text: (from: number, to: number) => string): string {
  const name = property.getChild("PropertyName");
  return name === null ? "" : text(name.from, name.to).replace(/^"|"$/g, "");
}

function namesIn(
  object: SyntaxNode | null,
  text: (from: number, to: number) => string,
  without?: SyntaxNode,
): ReadonlySet<string> {
  const properties = object?.getChildren("Property") ?? [];
  const others = properties.filter((property) => property.getChild("PropertyName")?.from !== without?.from);
  return new Set(others.map((property) => nameOf(property, text)));
}

function around(node: SyntaxNode, name: string): SyntaxNode | null {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) if (at.name === name) return at;
  return null;
}

function spanOf({ from, to }: SyntaxNode, text: (from: number, to: number) => string) {
  const quoted = text(from, from + 1) === '"';
  const closed = quoted && to - from > 1 && text(to - 1, to) === '"';
  return { from: quoted ? from + 1 : from, to: closed ? to - 1 : to, quoted };
}
