import fc from "fast-check";
import { expect, test } from "vitest";
import { type LogSource, PrefixedLog } from "./prefixed-log.js";

/** A console, and what stands on it. */
function console_(live: boolean) {
  let shown = "";
  const log = new PrefixedLog({ live });
  const source = (prefix: string) =>
    log.source(prefix, (text) => {
      shown += text;
      return undefined;
    });
  return { source, shown: () => shown };
}

const texts = fc.string({ unit: fc.constantFrom("a", "é", "😀", " ", "\n", "\r\n"), maxLength: 40 });

/** A text, and places to cut it at. */
const cutTexts = fc
  .tuple(texts, fc.array(fc.nat(60), { maxLength: 8 }))
  .map(([text, cuts]) => ({ text, pieces: pieces(text, cuts) }));

function pieces(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, i) => text.slice(places[i], end));
}

/** The lines of a text; one that is not ended is one, too. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

test.each([false, true])("every line has its prefix once, wherever the text is cut (live: %s)", (live) => {
  fc.assert(
    fc.property(cutTexts, (cut) => {
      const { source, shown } = console_(live);
      const app = source("== APP == ");
      for (const piece of cut.pieces) app.push(piece);
      app.end();
      expect(shown()).toBe(
        linesOf(cut.text)
          .map((line) => `== APP == ${line}\n`)
          .join(""),
      );
    }),
  );
});

const TWO = { a: "== A == ", b: "== B == " };
const writers = fc.tuple(cutTexts, cutTexts, fc.array(fc.boolean(), { maxLength: 30 }));

interface Queue {
  from: LogSource;
  left: string[];
}

/** What two write in turns; `order` says who is next. */
function interleaved(live: boolean, first: readonly string[], second: readonly string[], order: readonly boolean[]) {
  const { source, shown } = console_(live);
  const queues: [Queue, Queue] = [
    { from: source(TWO.a), left: [...first] },
    { from: source(TWO.b), left: [...second] },
  ];
  for (const isFirst of order) {
    const { from, left } = isFirst ? queues[0] : queues[1];
    from.push(left.shift() ?? "");
  }
  for (const { from, left } of queues) {
    for (const piece of left) from.push(piece);
    from.end();
  }
  return linesOf(shown());
}

function saidBy(lines: readonly string[], prefix: string): string[] {
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}

test("two that write at once keep their lines whole", () => {
  fc.assert(
    fc.property(writers, ([a, b, order]) => {
      const lines = interleaved(false, a.pieces, b.pieces, order);
      expect(saidBy(lines, TWO.a)).toEqual(linesOf(a.text));
      expect(saidBy(lines, TWO.b)).toEqual(linesOf(b.text));
      expect(lines.length).toBe(linesOf(a.text).length + linesOf(b.text).length);
    }),
  );
});

test("on a live console nothing is lost and nothing is said in another's name", () => {
  fc.assert(
    fc.property(writers, ([a, b, order]) => {
      const lines = interleaved(true, a.pieces, b.pieces, order);
      const plain = (text: string) => text.replaceAll("\n", "");
      expect(saidBy(lines, TWO.a).join("")).toBe(plain(a.text));
      expect(saidBy(lines, TWO.b).join("")).toBe(plain(b.text));
      expect(saidBy(lines, TWO.a).length + saidBy(lines, TWO.b).length).toBe(lines.length);
    }),
  );
});

test("a live console shows what stands on an open line, and breaks it for another's", () => {
  const { source, shown } = console_(true);
  const [app, sidecar] = [source("A "), source("S ")];
  app.push("one");
  expect(shown()).toBe("A one");
  sidecar.push("two\n");
  app.push(" three\n");
  app.push("four");
  sidecar.push("five\n");
  app.push("\nsix\n");
  expect(shown()).toBe("A one\nS two\nA  three\nA four\nS five\nA six\n");
});
