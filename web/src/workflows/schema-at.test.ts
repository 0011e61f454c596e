import { expect, test } from "vitest";
import { workflowJsonSchema } from "../../../src/workflows/workflow-json-schema.js";
import { propertyHints, schemasAt, valueHints } from "./schema-at.js";

const schema = workflowJsonSchema();
const document = { steps: [{ id: "a", type: "llm_chat", config: {}, inputs: {} }] };
const names = (path: (string | number)[], present: string[] = []) =>
  propertyHints(schemasAt(schema, path, document), new Set(present)).map(({ word }) => word);

test("fields of the document and of a step are offered, without those that it has", () => {
  expect(names([], ["steps"])).toEqual(expect.arrayContaining(["name", "inputs", "config"]));
  expect(names([], ["steps"])).not.toContain("steps");
  expect(names(["steps", 0], ["id", "type"])).toEqual(expect.arrayContaining(["inputs", "retry"]));
});

test("what a step's config and inputs hold depends on its type", () => {
  expect(names(["steps", 0, "config"])).toContain("temperature");
  expect(names(["steps", 0, "inputs"])).toContain("message");
  expect(names(["steps", 0, "config"])).not.toContain("file_path");
});

test("a step's types are offered", () => {
  const words = valueHints(schemasAt(schema, ["steps", 0, "type"], document)).map(({ word }) => word);
  expect(words).toEqual(expect.arrayContaining(["llm_chat", "human_approval"]));
});

test("what there is not has no hints, and a schema that refers to itself ends", () => {
  expect(names(["nothing", 3, "here"])).toEqual([]);
  const own = { $ref: "#", properties: { a: { $ref: "#" } } };
  expect(propertyHints(schemasAt(own, ["a", "a"], {}), new Set()).map(({ word }) => word)).toEqual(["a"]);
});
