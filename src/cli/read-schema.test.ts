import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { runInProcess } from "../../test/support/run-in-process.js";
import { readSchema } from "./read-schema.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-schema-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "schema.json");

test.each([
  ['{"type":"objekt"}', 'type: fits none of the alternatives (found "objekt"'],
  ['{"type":"object","properties":[]}', "properties: found an array of 0; allowed: an object"],
  ['{"type":"object","required":"name"}', "required: found"],
  ['{"type":"object","properties":{"a":{"type":"array","items":5}}}', "properties.a.items"],
  ['{"name":"Ada"}', "it has none of type, properties"],
  ["{}", "it has none of type, properties"],
  ["[]", "not a JSON Schema, which is an object"],
  ['{"$ref":"#/$defs/none"}', '"#/$defs/none" leads to nothing'],
  ['{"type":"string","pattern":"("}', '"(" is no regular expression'],
  ["{type", "schema.json: "],
])("%s is refused before anybody is asked", async (schema, why) => {
  writeFileSync(path, schema);
  const { code, stdout, stderr } = await runInProcess(["ask", "-m", "echo", "--schema", path, "hi"], {});
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(why)]);
});

test("what a library writes is taken, references to itself included", async () => {
  const node = z.object({
    name: z.string().min(1).regex(/^\w+$/u),
    get children() {
      return z.array(node);
    },
    kind: z.union([z.literal("a"), z.null()]),
    size: z.number().int().positive().multipleOf(2).optional(),
    more: z.record(z.string(), z.tuple([z.string(), z.boolean()])),
  });
  for (const target of ["draft-2020-12", "draft-7"] as const) {
    const schema = z.toJSONSchema(node, { target });
    writeFileSync(path, JSON.stringify(schema));
    expect(await readSchema(path)).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
