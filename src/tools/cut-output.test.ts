import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { JsonValue } from "../base/json.js";
import { scripted } from "../models/scripted.js";
import { cutOutput } from "./cut-output.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

describe("a result that is too long", () => {
  test("keeps the beginning and the end of a text, and says what is missing", () => {
    const text = `${"a".repeat(1_000)}END`;
    expect(cutOutput(text, 100)).toBe(
      `${"a".repeat(80)}\n[… 903 of 1003 characters are left out …]\n${"a".repeat(17)}END`,
    );
    expect(cutOutput(text, 1_003)).toBe(text);
  });

  test("keeps the beginning of a list and of an object", () => {
    const list = Array.from({ length: 100 }, (_, i) => ({ i }));
    const cut = cutOutput(list, 60) as JsonValue[];
    expect(cut.slice(0, 2)).toEqual([{ i: 0 }, { i: 1 }]);
    expect(cut.at(-1)).toMatch(/^\[… \d+ of 100 items are left out …\]$/);
    expect(cutOutput({ a: "x".repeat(200), b: 1, c: 2 }, 50)).toMatchObject({
      a: expect.stringContaining("of 200 characters"),
      "…": "2 of 3 fields are left out",
    });
  });

  test("never cuts a file in two", () => {
    const image = { type: "image", mimeType: "image/png", data: "A".repeat(1_000) };
    expect(cutOutput([{ type: "text", text: "Look:" }, image], 200)).toEqual([
      { type: "text", text: "Look:" },
      {
        type: "text",
        text: expect.stringMatching(/^\[a file, image\/png, of 10\d\d characters in base64 is left out\]$/),
      },
    ]);
  });

  test("is JSON, near its limit, and itself where it fits", () =>
    fc.assert(
      fc.property(
        // Results have been through JSON, which writes -0 as 0.
        fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as JsonValue),
        fc.integer({ min: 1, max: 200 }),
        (value, most) => {
          const size = JSON.stringify(value).length;
          const cut = cutOutput(value, most);
          if (size <= most) expect(cut).toBe(value);
          expect(JSON.parse(JSON.stringify(cut))).toEqual(cut);
        },
      ),
      { numRuns: 100 },
    ));

  test("is what the model and the reader get", async () => {
    const read = tool({ name: "read", input: { type: "object" }, run: () => "x".repeat(10_000) });
    const model = scripted([[{ type: "tool-call", callId: "1", name: "read", input: {} }], ["Done"]]);
    const loop = withTools(model, [read], { maxResultChars: 1_000 });
    const events = await collect(loop.stream({ messages: [{ role: "user", content: "Go." }] }));
    const result = events.find((event) => event.type === "tool-result");
    expect(result).toMatchObject({ output: expect.stringContaining("9000 of 10000 characters are left out") });
    expect(JSON.stringify(model.requests[1]).length).toBeLessThan(2_000);
    expect(() => withTools(model, [read], { maxResultChars: 0 })).toThrow(
      expect.objectContaining({ field: "maxResultChars" }),
    );
  });
});
