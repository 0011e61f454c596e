import { expect, test } from "vitest";
import type { JsonValue } from "../base/json.js";
import { listAnthropicModels } from "./list-anthropic-models.js";
import { listGeminiModels } from "./list-gemini-models.js";

/** Answers one path after the other, the last one for ever. */
function pages(...bodies: JsonValue[]) {
  const asked: string[] = [];
  const get = async (path: string): Promise<JsonValue> => {
    if (asked.push(path) > 5) throw new Error("asked for ever");
    return bodies[Math.min(asked.length, bodies.length) - 1] ?? null;
  };
  return { asked, get };
}

test("models are listed page by page", async () => {
  const { asked, get } = pages(
    { data: [{ id: "a", display_name: "A", created_at: "2025-02-19T00:00:00Z" }], has_more: true, last_id: "a/1" },
    { data: [{ id: "b", created_at: "some day" }], has_more: false, last_id: "b" },
  );
  expect(await listAnthropicModels(get)).toEqual([
    { id: "a", name: "A", created: "2025-02-19T00:00:00.000Z" },
    { id: "b" },
  ]);
  expect(asked).toEqual(["/v1/models?limit=1000", "/v1/models?limit=1000&after_id=a%2F1"]);
});

test("a page that comes again is the last", async () => {
  const again = pages({ data: [{ id: "a" }], has_more: true, last_id: "a" });
  expect(await listAnthropicModels(again.get)).toEqual([{ id: "a" }, { id: "a" }]);
  const token = pages({ models: [{ name: "models/a" }], nextPageToken: "t" });
  expect(await listGeminiModels(token.get)).toEqual([{ id: "a" }, { id: "a" }]);
});

test("what is no list is an error", async () => {
  await expect(listAnthropicModels(pages({ message: "hello" }).get)).rejects.toMatchObject({ code: "malformed-frame" });
});
