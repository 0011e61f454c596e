import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { describeIssues, jsonSchemaOf, type Schema, validate } from "./schema.js";

const PLAIN = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "array", items: { type: "number" } } },
  required: ["city", "days"],
} as const;

const SCHEMAS: [string, Schema][] = [
  ["zod", z.object({ city: z.string(), days: z.array(z.number()) })],
  ["valibot", v.object({ city: v.string(), days: v.array(v.number()) })],
  ["arktype", type({ city: "string", days: "number[]" })],
  ["JSON Schema", structuredClone(PLAIN) as unknown as Schema],
];

describe.each(SCHEMAS)("%s", (name, schema) => {
  test("a value that fits is returned", async () => {
    expect(await validate(schema, { city: "Oslo", days: [1] })).toEqual({ value: { city: "Oslo", days: [1] } });
  });

  test("a value that does not says where and why", async () => {
    const { issues = [] } = await validate(schema, { city: "Oslo", days: [1, "two"] });
    expect(issues.map(({ path }) => path)).toEqual([["days", 1]]);
    expect(describeIssues(issues)).toMatch(/^days\[1\]: .*(number|two)/);
  });

  test("its JSON Schema is known, or the error says what to do", () => {
    if (name === "valibot") {
      expect(() => jsonSchemaOf(schema, "input", "pass inputJsonSchema")).toThrow(
        "input: valibot does not say its schemas as JSON Schema: pass inputJsonSchema",
      );
    } else {
      expect(jsonSchemaOf(schema, "input", "")).toMatchObject(PLAIN);
    }
    expect(jsonSchemaOf(schema, "input", "", { type: "object" })).toEqual({ type: "object" });
  });
});

test("a schema that checks asynchronously is waited for", async () => {
  const schema = z.string().refine(async (text) => text !== "no", "not this one");
  expect(await validate(schema, "yes")).toEqual({ value: "yes" });
  expect(await validate(schema, "no")).toEqual({ issues: [{ path: [], message: "not this one" }] });
});

test("what a library cannot say as JSON Schema is refused with its reason", () => {
  expect(() => jsonSchemaOf(z.object({ at: z.date() }), "input", "pass inputJsonSchema")).toThrow(
    /^input: zod has no JSON Schema for it \(.*Date.*\): pass inputJsonSchema$/,
  );
});

test("what is no schema is refused", () => {
  expect(() => jsonSchemaOf(5 as unknown as Schema, "input", "")).toThrow(
    "input: found 5; allowed: a schema of a library that implements Standard Schema, or a JSON Schema",
  );
});
