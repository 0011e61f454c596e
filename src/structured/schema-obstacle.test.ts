import { expect, test } from "vitest";
import { z } from "zod";
import { objectRoot } from "./object-root.js";
import { jsonSchemaOf } from "./schema.js";
import { schemaObstacle } from "./schema-obstacle.js";

interface Tree {
  name: string;
  children: Tree[];
}
const Node: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(Node) }));
const limits = { recursion: false, open: false, optional: 2, unions: 1 } as const;
const obstacle = (schema: z.ZodType) => schemaObstacle(objectRoot(jsonSchemaOf(schema, "schema", "")).schema, limits);

test.each([
  ["recursion", Node, "it refers to itself"],
  ["recursion in a definition", z.object({ root: Node }), "it refers to itself"],
  ["recursion in a list", z.array(Node), "it refers to itself"],
  ["any names", z.object({ a: z.record(z.string(), z.number()) }), "it leaves names or types open at #/properties/a"],
  ["any value", z.object({ a: z.array(z.any()) }), "it leaves names or types open at #/properties/a/items"],
  [
    "many optional properties",
    z.object({ a: z.number().optional(), b: z.number().default(1), c: z.object({ d: z.string().optional() }) }),
    "3 properties may be missing, of at most 2",
  ],
  [
    "many unions",
    z.object({ a: z.string().nullable(), b: z.union([z.object({ c: z.string() }), z.number()]) }),
    "2 values have several types, of at most 1",
  ],
])("%s may be what a provider does not take", (_, schema, why) => {
  expect(obstacle(schema)).toBe(why);
  expect(schemaObstacle(jsonSchemaOf(schema, "schema", ""))).toBeUndefined();
});

const shared = z.object({ x: z.string() }).meta({ id: "shared" });
test.each([
  ["a definition that is used twice", z.object({ a: shared, b: z.array(shared) })],
  ["an object that allows more than it names", z.looseObject({ a: z.string() })],
  ["no properties", z.object({})],
  [
    "enumerations, literals and tuples",
    z.object({ a: z.enum(["x"]), b: z.literal([1, "y"]), c: z.tuple([z.string()]) }),
  ],
])("%s is none", (_, schema) => {
  expect(obstacle(schema)).toBeUndefined();
});

test.each(["#/%", "#/$defs/none", "#/constructor", "other.json"])(
  "a reference to %s, which is nothing, is no obstacle",
  ($ref) => {
    expect(schemaObstacle({ $ref }, limits)).toBeUndefined();
  },
);
