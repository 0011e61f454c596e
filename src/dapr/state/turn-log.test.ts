import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { startFakeDaprState } from "../../../test/support/fake-dapr-state.js";
import { DaprdHttp } from "../daprd/daprd-http.js";
import { newHead } from "./conversation-head.js";
import { type StateChange, StateClient } from "./state-client.js";
import { StateKeys } from "./state-keys.js";
import { TurnLog } from "./turn-log.js";
import { namesIn, type TurnTree, withTurn } from "./turn-tree.js";

const fake = await startFakeDaprState();
afterAll(() => fake.stop());

test("gives back turns in order through several levels of nodes", async () => {
  const state = new StateClient(new DaprdHttp({ endpoint: fake.url, env: {} }), "statestore");
  const log = new TurnLog(state, new StateKeys("t"));
  const count = 64 * 64 + 2 * 64 + 3;
  const changes: StateChange[] = [];
  let head = newHead("run");
  for (let version = 0; version < count; version++) {
    const turn = log.next({ ...head, version }, [`${version}`]);
    changes.push(...turn.changes);
    head = { ...head, turns: turn.tree };
  }
  for (let at = 0; at < changes.length; at += 500) await state.transact(changes.slice(at, at + 500));
  const numbers = Array.from({ length: count }, (_, version) => `${version}`);
  expect(await log.read(head)).toEqual({ messages: numbers, missing: undefined });
  const { turns, nodes } = await log.names(head);
  expect(new Set([...turns, ...nodes]).size).toBe(changes.length);
  // One node of the second level, and of the first what it names and two more.
  expect(nodes).toHaveLength(1 + 64 + 2);
});

test("a tree of any size holds few names, and all turns once and in order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), (count) => {
      const nodes = new Map<string, readonly string[]>();
      let tree: TurnTree = [];
      for (let turn = 0; turn < count; turn++) {
        const next = withTurn(tree, `t${turn}`, (level) => `n${turn}.${level}`);
        for (const { token, children } of next.nodes) nodes.set(token, children);
        tree = next.tree;
      }
      const open = (token: string): readonly string[] => nodes.get(token)?.flatMap(open) ?? [token];
      expect(namesIn(tree).flatMap(({ token }) => open(token))).toEqual(
        Array.from({ length: count }, (_, n) => `t${n}`),
      );
      expect(namesIn(tree).length).toBeLessThanOrEqual(3 * 63);
    }),
    { numRuns: 20 },
  );
});
