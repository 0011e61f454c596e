import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { signature, textInput } from "./signature.js";

test("the short form has typed fields, lists, choices and fields that may be left out", () => {
  const made = signature('question, tags?: string[], n: integer -> mood: "good" | "bad", score: number', {
    descriptions: { question: "What is asked." },
  });
  expect(made.inputs.json).toEqual({
    type: "object",
    properties: {
      question: { type: "string", description: "What is asked." },
      tags: { type: "array", items: { type: "string" } },
      n: { type: "integer" },
    },
    required: ["question", "n"],
    additionalProperties: false,
  });
  expect(made.outputs.json.properties).toEqual({
    mood: { type: "string", enum: ["good", "bad"] },
    score: { type: "number" },
  });
  expect(made.textOutput).toBeUndefined();
  type Types = NonNullable<typeof made.types>;
  expectTypeOf<Types["inputs"]["question"]>().toEqualTypeOf<string>();
  expectTypeOf<Types["outputs"]["mood"]>().toEqualTypeOf<"good" | "bad">();
  expectTypeOf<Types["outputs"]["score"]>().toEqualTypeOf<number>();
});

test("schemas of a library do the same", () => {
  const made = signature({
    inputs: z.object({ text: z.string(), loud: z.boolean().default(false) }),
    outputs: z.object({ summary: z.string() }),
  });
  expect(made.textOutput).toBe("summary");
  expect(textInput(made)).toBe("text");
});

test.each([
  ["", "one arrow"],
  ["a b", "one arrow"],
  ["a -> b -> c", "one arrow"],
  [" -> b", "an input"],
  ["a -> ", "an output"],
  ["a, a -> b", "a name that no other field has"],
  ["a -> a", "a name that no other field has"],
  ["a: strin -> b", "did you mean string?"],
  ['a: "x" | y -> b', "a text in quotes"],
  ["a b -> c", "an input"],
])("%j is refused: %s", (text, message) => {
  expect(() => signature(text)).toThrow(message);
});

test("descriptions of fields that there are not, and schemas that are not of objects, are refused", () => {
  expect(() => signature("a -> b", { descriptions: { c: "?" } })).toThrow("descriptions.c");
  expect(() => signature({ inputs: z.string(), outputs: z.object({}) })).toThrow("a schema of an object");
  expect(() => signature({ inputs: z.object({}), output: z.object({}) } as never)).toThrow("did you mean outputs?");
});
