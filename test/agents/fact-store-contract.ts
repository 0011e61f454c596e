import { describe, expect, test } from "vitest";
import type { FactStore, NewFact } from "../../src/agents/memory/facts/fact-store.js";

let count = 0;
const scope = () => `scope ${count++}`;
const fact = (id: string, text: string, vector?: readonly number[]): NewFact => ({
  id,
  text,
  at: `2026-01-01T00:00:00.${String(count++ % 1000).padStart(3, "0")}Z`,
  ...(vector && { vector }),
});
const ids = (facts: readonly { id: string }[]) => facts.map(({ id }) => id);

/** What every store of facts does. */
export function factStoreContract(name: string, open: () => Promise<FactStore>): void {
  describe(`facts in ${name}`, () => {
    test("are listed in order, with all that was said of them, and deleted one by one or all", async () => {
      const store = await open();
      const at = scope();
      await store.add(at, [{ id: "a", text: "Ada's tea \\ 'green'", at: "2026-01-01T00:00:00.000Z", by: "ann" }]);
      await store.add(at, [fact("b", "two"), fact("c", "three")]);
      const listed = await store.list(at);
      expect(ids(listed)).toEqual(["a", "b", "c"]);
      expect(listed[0]).toEqual({ id: "a", text: "Ada's tea \\ 'green'", at: "2026-01-01T00:00:00.000Z", by: "ann" });
      expect(await store.delete(at, "b")).toBe(true);
      expect(await store.delete(at, "b")).toBe(false);
      expect(ids(await store.list(at))).toEqual(["a", "c"]);
      await store.clear(at);
      expect(await store.list(at)).toEqual([]);
      expect(await store.search(at, { text: "tea", limit: 5 })).toEqual([]);
      await store.close();
    });

    test("are found by words in any script, best first, no more than asked for", async () => {
      const store = await open();
      const at = scope();
      await store.add(at, [
        fact("tea", "Ada likes green tea"),
        fact("both", "Ada likes tea and Ada likes coffee"),
        fact("zh", "水は下流へ流れる"),
        fact("ru", "Боб любит кофе"),
        fact("odd", "it's a \\ 'quoted' & | ! :* thing"),
      ]);
      const search = async (text: string, limit = 5) => ids(await store.search(at, { text, limit }));
      expect(await search("Does Ada like COFFEE?")).toContain("both");
      expect((await search("coffee"))[0]).toBe("both");
      expect(await search("下流")).toEqual(["zh"]);
      expect(await search("Кофе")).toEqual(["ru"]);
      expect(await search("quoted & | ! ' \\ :* )(")).toEqual(["odd"]);
      expect(await search("tea", 1)).toHaveLength(1);
      expect(await search("zebra")).toEqual([]);
      // Whole words alone.
      expect(await search("gre cof")).toEqual([]);
      expect(await search("?!")).toEqual([]);
      await store.close();
    });

    test("are found by vectors where words say nothing, and both count together", async () => {
      const store = await open();
      const at = scope();
      await store.add(at, [
        fact("x", "the first", [1, 0]),
        fact("y", "the second", [0, 1]),
        fact("z", "the third without"),
        fact("xy", "the fourth", [0.7, 0.7]),
      ]);
      const byVector = await store.search(at, { text: "zebra", vector: [1, 0.1], limit: 5 });
      expect(ids(byVector)).toEqual(["x", "xy", "y"]);
      expect(byVector.every(({ score }) => score > 0 && score <= 1)).toBe(true);
      const both = await store.search(at, { text: "fourth", vector: [1, 0.1], limit: 5 });
      expect(both[0]?.id).toBe("xy");
      await store.delete(at, "x");
      expect(ids(await store.search(at, { text: "zebra", vector: [1, 0], limit: 5 }))).toEqual(["xy", "y"]);
      await store.close();
    });

    test("of one scope are nobody else's", async () => {
      const store = await open();
      const [mine, theirs] = [scope(), scope()];
      await store.add(mine, [fact("a", "the secret", [1])]);
      expect(await store.search(theirs, { text: "secret", vector: [1], limit: 5 })).toEqual([]);
      expect(await store.list(theirs)).toEqual([]);
      expect(await store.delete(theirs, "a")).toBe(false);
      await store.clear(theirs);
      expect(await store.list(mine)).toHaveLength(1);
      await store.close();
    });
  });
}
