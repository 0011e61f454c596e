import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { readMcpResult } from "./mcp-result.js";

const text = (said: string, more: JsonObject = {}): JsonObject => ({ type: "text", text: said, ...more });
const image = { type: "image", data: "aGk=", mimeType: "image/png" };

test.each<[string, JsonObject, JsonValue]>([
  ["nothing", { content: [] }, []],
  ["one text", { content: [text("hi")] }, "hi"],
  [
    "one text with annotations",
    { content: [text("hi", { annotations: { priority: 1 } })] },
    [text("hi", { annotations: { priority: 1 } })],
  ],
  ["several parts", { content: [text("hi"), image] }, [text("hi"), image]],
  ["a part of a kind that is new", { content: [{ type: "video", url: "x" }] }, [{ type: "video", url: "x" }]],
  ["structured content alone", { content: [], structuredContent: { n: 1 } }, { n: 1 }],
  ["structured content and its text", { content: [text('{ "n": 1 }')], structuredContent: { n: 1 } }, { n: 1 }],
  [
    "structured content, its text and more",
    { content: [text('{"n":1}'), image], structuredContent: { n: 1 } },
    [text('{"n":1}'), image],
  ],
  [
    "structured content that no part repeats",
    { content: [text("one"), image], structuredContent: { n: 1 } },
    { content: [text("one"), image], structuredContent: { n: 1 } },
  ],
  ["structured content that is null", { content: [text("hi")], structuredContent: null }, "hi"],
  ["a result without content", { structuredContent: { n: 1 } }, { n: 1 }],
])("%s is read without loss", (_, result, value) => {
  expect(readMcpResult(result)).toMatchObject({ value, isError: false, opaque: undefined });
});

test("an error is one, and _meta is kept beside it", () => {
  expect(readMcpResult({ content: [text("no")], isError: true, _meta: { trace: 1 } })).toMatchObject({
    value: "no",
    isError: true,
    opaque: { dialect: "mcp", data: { trace: 1 } },
  });
});
