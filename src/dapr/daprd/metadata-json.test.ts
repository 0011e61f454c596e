import { expect, test } from "vitest";
import { readMetadataJson, writeMetadataJson } from "./metadata-json.js";

const json = {
  id: "app",
  components: [{ name: "llm", type: "conversation.echo", version: "v1" }],
  subscriptions: [
    { pubsubname: "pubsub", topic: "a", rules: [{ match: "event.type == 'x'", path: "/x" }, { path: "/" }] },
    { pubsubname: "pubsub", topic: "b", type: "STREAMING" },
  ],
};

test("the rules of subscriptions are a list in the JSON of daprd's HTTP port", () => {
  const metadata = readMetadataJson(json);
  expect(metadata.subscriptions.map(({ rules }) => rules?.rules.map(({ path }) => path))).toEqual([
    ["/x", "/"],
    undefined,
  ]);
  expect(writeMetadataJson(metadata)).toEqual(json);
  expect(readMetadataJson({ subscriptions: [{ rules: null }] }).subscriptions).toHaveLength(1);
});

test("what is no metadata is refused", () => {
  expect(() => readMetadataJson([])).toThrow("the answer is not a GetMetadataResponse");
});
