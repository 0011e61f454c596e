/** How many children a node has. */
const FAN_OUT = 64;

/**
 * The order of a conversation's turns, as its head keeps it. What was appended since the last full node stands in the
 * first level as it is; each further level holds nodes of 64 of the level below. A head thus stays small, however long
 * the conversation: at most 63 names a level, and one level for each factor of 64 in its length.
 */
export type TurnTree = readonly (readonly string[])[];

/** A record of 64 names: of turns, or of nodes one level lower. */
export interface TurnNode {
  token: string;
  children: readonly string[];
}

/** A name in a tree, and what it names: a turn where `level` is 0, otherwise a node of that level. */
export interface TurnName {
  token: string;
  level: number;
}

/**
 * The tree with one more turn, and the nodes that became full with it.
 *
 * @param node names a node that became full; `level` counts from 1.
 */
export function withTurn(
  tree: TurnTree,
  turn: string,
  node: (level: number) => string,
): { tree: TurnTree; nodes: TurnNode[] } {
  const levels = [...tree];
  const nodes: TurnNode[] = [];
  let carried = turn;
  for (let level = 0; ; level++) {
    const children = [...(levels[level] ?? []), carried];
    if (children.length < FAN_OUT) {
      levels[level] = children;
      return { tree: levels, nodes };
    }
    levels[level] = [];
    carried = node(level + 1);
    nodes.push({ token: carried, children });
  }
}

/** The names that a tree holds itself, the oldest first. */
export function namesIn(tree: TurnTree): TurnName[] {
  const levels = tree.map((tokens, level) => tokens.map((token) => ({ token, level })));
  return levels.reverse().flat();
}
