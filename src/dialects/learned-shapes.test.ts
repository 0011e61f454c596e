import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../test/laws/arbitrary-answer.js";
import { LearnedShapes } from "./learned-shapes.js";
import type { Hole } from "./locate-values.js";

const HOLES: Hole[] = [
  { path: ["choices", 0, "delta", "content"], kind: "string", capture: true },
  { path: ["obfuscation"], kind: "string", capture: false },
  { path: ["usage", "total"], kind: "number", capture: true },
];

interface Values {
  content: string;
  obfuscation: string;
  total: number;
  id: string;
}

const values: fc.Arbitrary<Values> = fc.record({
  content: trickyText,
  obfuscation: fc.string(),
  total: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  id: fc.constantFrom("a", "b"),
});

function frame({ content, obfuscation, total, id }: Values): string {
  return JSON.stringify({ id, choices: [{ index: 0, delta: { content } }], usage: { total }, obfuscation });
}

/** Shapes that have studied the same frame until they learned it. */
function learned(text: string, holes: readonly Hole[] = HOLES): LearnedShapes<string> {
  const shapes = new LearnedShapes<string>();
  for (let i = 0; i < 4; i++) shapes.learn(text, holes, "text");
  return shapes;
}

function match(
  shapes: LearnedShapes<string>,
  text: string,
): { meaning: string; values: readonly string[] } | undefined {
  let found: { meaning: string; values: readonly string[] } | undefined;
  shapes.match(text, (meaning, captured) => {
    found = { meaning, values: captured };
  });
  return found;
}

describe("a learned shape", () => {
  test("is not learned from the first frames: a short answer is over before it pays", () => {
    const shapes = new LearnedShapes<string>();
    shapes.learn('{"a":"fine"}', [{ path: ["a"], kind: "string", capture: true }], "text");
    expect(match(shapes, '{"a":"fine"}')).toBeUndefined();
  });

  test("gives what a full parse gives, whatever stands in the holes", () =>
    fc.assert(
      fc.property(values, values, (first, second) => {
        const shapes = learned(frame(first));
        const found = match(shapes, frame(second));
        if (first.id !== second.id) expect(found).toBeUndefined();
        else expect(found).toEqual({ meaning: "text", values: [second.content, JSON.stringify(second.total)] });
      }),
    ));

  test("gives the same of frames whose other values stay for a while, and change", () => {
    const few = fc.record({
      content: fc.constantFrom("", "a", "b", '"', "1"),
      obfuscation: fc.constantFrom("", "x", "xy", "\\", 'x"'),
      total: fc.constantFrom(0, 1, 10, 100, 1.5, -1, 1e300),
      id: fc.constant("a"),
    });
    fc.assert(
      fc.property(fc.array(few, { minLength: 1, maxLength: 40 }), ([first, ...rest]) => {
        if (first === undefined) return;
        const shapes = learned(frame(first));
        for (const next of [first, ...rest]) {
          expect(match(shapes, frame(next))?.values).toEqual([next.content, JSON.stringify(next.total)]);
        }
      }),
    );
  });

  test("never accepts what is not JSON, nor reads a changed frame as the old one", () =>
    fc.assert(
      fc.property(values, fc.nat(), fc.string({ maxLength: 3 }), (first, at, patch) => {
        const text = frame(first);
        const position = at % text.length;
        const changed = text.slice(0, position) + patch + text.slice(position + patch.length);
        const shapes = learned(text);
        const found = match(shapes, changed);
        if (found === undefined) return;
        const parsed = JSON.parse(changed);
        expect({ ...parsed, choices: 0, usage: 0, obfuscation: 0 }).toEqual({
          id: first.id,
          choices: 0,
          usage: 0,
          obfuscation: 0,
        });
        expect(found.values[0]).toBe(parsed.choices[0].delta.content);
        expect(Number(found.values[1])).toBe(parsed.usage.total);
      }),
    ));

  test("knows a frame whose closing brackets are padded with blanks", () => {
    const text = (content: string, pad: string) => `{"choices":[{"delta":{"content":"${content}"}${pad}}]${pad}}${pad}`;
    const shapes = learned(text("a", "  "));
    for (const pad of ["", " ", "     "]) expect(match(shapes, text("b", pad))?.values).toEqual(["b"]);
    for (const wrong of [text("b", "}"), text("b", "\t"), text("b", " ").slice(0, -3), `${text("b", "")}]`]) {
      expect(match(shapes, wrong)).toBeUndefined();
    }
  });

  test("is found at its path, not at the first key of that name", () => {
    const text = (first: string, second: string) =>
      `{"content":"${first}","choices":[{"delta":{"note":"\\"content\\":\\"no\\"","content": "${second}"}}]}`;
    const shapes = learned(text("a", "b"));
    expect(match(shapes, text("a", "c"))?.values).toEqual(["c"]);
    expect(match(shapes, text("x", "b"))).toBeUndefined();
  });

  test("is not learned from a key that is given twice", () => {
    const text = '{"choices":[{"delta":{"content":"a","content":5}}]}';
    expect(match(learned(text), text)).toBeUndefined();
  });

  test.each(['{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\"}', '{"a":"\\u12"}'])(
    "refuses the invalid string in %j",
    (text) => {
      const shapes = learned('{"a":"fine"}', [{ path: ["a"], kind: "string", capture: true }]);
      expect(match(shapes, '{"a":"\\u00e9\\n"}')?.values).toEqual(["é\n"]);
      expect(match(shapes, text)).toBeUndefined();
    },
  );
});

describe("what a provider says", () => {
  const HOLE: Hole[] = [{ path: ["a"], kind: "string", capture: true }];

  test("is not studied where it is long, and costs its length once", () => {
    const blanks = `{"a":"x","b":"${" ".repeat(5_000)}"}`;
    const repeated = `{"x":{${'"a":1,'.repeat(500)}"c":1},"a":"x"}`;
    for (const text of [blanks, repeated]) expect(match(learned(text, HOLE), text)).toBeUndefined();
  });

  test("is never a pattern: a frame of brackets, dots and backslashes is compared as it is", () => {
    const text = (value: string) => `{"b":"(.*)+[^\\\\]$|\\u0041","a":"${value}"}`;
    const shapes = learned(text("x"), HOLE);
    expect(match(shapes, text("y"))?.values).toEqual(["y"]);
    expect(match(shapes, text("y").replace("(.*)+", "(..)+"))).toBeUndefined();
  });

  test("with 50,000 blanks in each frame is read in time that grows with its length", () => {
    const shapes = new LearnedShapes<string>();
    const text = `{"a":"x","b":"${" ".repeat(50_000)}"}`;
    // Each blank was once a beginning of the same search: 50,000 times 50,000 steps for each of these frames.
    for (let i = 0; i < 200; i++) {
      expect(match(shapes, text)).toBeUndefined();
      shapes.learn(text, HOLE, "text");
    }
  });
});
