import { expect, test } from "vitest";
import { fieldName, fieldsOf, givenValue } from "./fields-of.js";

const schema = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1 },
    guests: { type: "integer", minimum: 1, maximum: 9, default: 2 },
    window: { type: "boolean" },
    meal: {
      oneOf: [
        { const: "v", title: "Vegetarian" },
        { const: "f", title: "Fish" },
      ],
    },
    days: { type: "array", items: { enum: ["sat", "sun"] } },
    email: { type: "string", format: "email" },
    more: { type: "object" },
  },
  required: ["name", "guests"],
};

function filled(values: Record<string, string | string[]>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values))
    for (const one of [value].flat()) data.append(fieldName(name), one);
  return data;
}

test("each property is a field of its kind", () => {
  const fields = fieldsOf(schema);
  expect(fields.map(({ kind }) => kind)).toEqual(["text", "integer", "boolean", "choice", "choices", "text", "json"]);
  expect(fields.map(({ required }) => required).slice(0, 3)).toEqual([true, true, false]);
  expect(fields[1]).toMatchObject({ label: "Guests", limits: { min: 1, max: 9 }, initial: 2 });
  expect(fields[5]?.limits.type).toBe("email");
});

test("what was given has the types of the schema, and what was left empty is absent", () => {
  const data = filled({ name: "Anna", guests: "3", meal: "1", days: ["0", "1"], email: "", more: '{"a":1}' });
  expect(givenValue(fieldsOf(schema), data)).toEqual({
    name: "Anna",
    guests: 3,
    window: false,
    meal: "f",
    days: ["sat", "sun"],
    more: { a: 1 },
  });
});

test("a schema of a single value is answered with the value", () => {
  expect(givenValue(fieldsOf({ type: "number" }), filled({ "": "4.5" }))).toBe(4.5);
  expect(givenValue(fieldsOf({ enum: ["a", "b"] }), filled({ "": "1" }))).toBe("b");
});
