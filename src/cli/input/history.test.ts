import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { History } from "./history.js";
import { openHistory } from "./history-file.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const none = { text: "", pasted: false };
const typed = (text: string) => ({ text, pasted: false });

test("goes back, and forward to what is being written", () => {
  const history = new History();
  for (const text of ["one", "two", "two", "  ", "three"]) history.add(typed(text));
  expect(history.move(-1, typed("draft"))?.text).toBe("three");
  expect(history.move(-1, none)?.text).toBe("two");
  expect(history.move(-1, none)?.text).toBe("one");
  expect(history.move(-1, none)).toBeUndefined();
  for (const text of ["two", "three", "draft"]) expect(history.move(1, none)?.text).toBe(text);
  expect(history.move(1, none)).toBeUndefined();
});

test("what is about secrets, or begins with a blank, is not remembered", () => {
  const kept: string[] = [];
  const history = new History([], ({ text }) => kept.push(text));
  const secrets = ["/key sk-1", "/keys set openai sk-1", "/api-key x", "/login", "/set apiKey x", " sk-1", "/token t"];
  for (const text of [...secrets, "/keyboard", "/set temperature 1", "what is a key?"]) history.add(typed(text));
  expect(kept).toEqual(["/keyboard", "/set temperature 1", "what is a key?"]);
});

test("looks for the newest that contains a text, then for older ones", () => {
  const history = new History(["Red fox", "blue bear", "red bear"].map(typed));
  expect(history.search("RED")?.entry.text).toBe("red bear");
  expect(history.search("red", 2)?.entry.text).toBe("Red fox");
  expect(history.search("red", 0)).toBeUndefined();
});

test("a file keeps entries over sessions, several lines as one, for its owner only", () => {
  const file = join(folder, "new", "history.jsonl");
  const warnings: string[] = [];
  const warn = (problem: string) => warnings.push(problem);
  openHistory(file, { warn }).add({ text: "one\ntwo\u2028😀", pasted: true });
  openHistory(file, { warn }).add(typed("three"));
  const history = openHistory(file, { warn });
  expect(history.move(-1, none)).toEqual(typed("three"));
  expect(history.move(-1, none)).toEqual({ text: "one\ntwo\u2028😀", pasted: true });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
  chmodSync(file, 0o644);
  openHistory(file, { warn }).add(typed("three"));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3);
  openHistory(file, { isPrivate: true, warn }).add(typed("secret"));
  expect(openHistory(file, { warn }).move(-1, none)).toEqual(typed("three"));
  expect(warnings).toEqual([]);
});

test("a file is bounded, and what in it is no entry is passed over", () => {
  const file = join(folder, "long.jsonl");
  const lines = Array.from({ length: 2_500 }, (_, index) => `{"text":"${index}"}\n`);
  writeFileSync(file, `${lines.join("")}nonsense\n{"text":1}\n{"text":"torn`);
  const history = openHistory(file, { warn: () => {} });
  expect(history.move(-1, none)?.text).toBe("2499");
  expect(readFileSync(file, "utf8").split("\n").length).toBeLessThan(1_100);
  history.add(typed("x".repeat(200_000)));
  expect(statSync(file).size).toBeLessThan(100_000);
});

test("an entry that was not written whole costs none but itself", () => {
  const file = join(folder, "torn.jsonl");
  writeFileSync(file, '{"text":"one"}\n{"text":"tor');
  openHistory(file, { warn: () => {} }).add(typed("two"));
  const history = openHistory(file, { warn: () => {} });
  expect(history.move(-1, none)?.text).toBe("two");
  expect(history.move(-1, none)?.text).toBe("one");
});

test("a file that cannot be written is said once, and all goes on", () => {
  const file = join(folder, "long.jsonl", "below-a-file", "history.jsonl");
  const warnings: string[] = [];
  const history = openHistory(file, { warn: (problem) => warnings.push(problem) });
  history.add(typed("one"));
  history.add(typed("two"));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("what is entered is not remembered");
  expect(history.move(-1, none)?.text).toBe("two");
  expect(existsSync(file)).toBe(false);
});

test("whatever is entered comes back as it was", () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ text: fc.string({ unit: "binary" }), pasted: fc.boolean() }), { maxLength: 8 }),
      (entries) => {
        const file = join(folder, "any.jsonl");
        rmSync(file, { force: true });
        const history = openHistory(file, { warn: (problem) => expect.fail(problem) });
        for (const entry of entries) history.add(entry);
        const again = openHistory(file, { warn: (problem) => expect.fail(problem) });
        for (;;) {
          const [a, b] = [history.move(-1, none), again.move(-1, none)];
          expect(b).toEqual(a);
          if (a === undefined) break;
        }
      },
    ),
    { numRuns: 20 },
  ));
