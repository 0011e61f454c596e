import { expect, test } from "vitest";
import { scripted } from "../../models/scripted.js";
import { answerSampling } from "./mcp-sampling.js";

const never = new AbortController().signal;
const text = (said: string) => ({ type: "text" as const, text: said });

test("images and sounds go with the question, and hints are shown to whoever allows it", async () => {
  const model = scripted([["A cat."]]);
  const image = { type: "image" as const, data: "aGk=", mimeType: "image/png" };
  const params = {
    messages: [
      { role: "user" as const, content: [text("What is this?"), image] },
      { role: "assistant" as const, content: text("Let me see.") },
      { role: "user" as const, content: { type: "audio" as const, data: "aGk=", mimeType: "audio/wav" } },
    ],
    maxTokens: 10,
    stopSequences: ["."],
    modelPreferences: { hints: [{ name: "claude" }, {}] },
  };
  const approve = ({ hints }: { hints: readonly string[] }) => hints.join() === "claude";
  expect(await answerSampling(params, never, { model, approve })).toEqual({
    role: "assistant",
    model: "scripted",
    content: text("A cat."),
    stopReason: "endTurn",
  });
  const data = new TextEncoder().encode("hi");
  expect(model.requests[0]).toEqual({
    messages: [
      { role: "user", content: [text("What is this?"), { type: "file", mediaType: "image/png", data }] },
      { role: "assistant", content: [text("Let me see.")] },
      { role: "user", content: [{ type: "file", mediaType: "audio/wav", data }] },
    ],
    maxTokens: 10,
    stop: ["."],
  });
});

test.each([
  [{ tools: [] }],
  [{ toolChoice: { mode: "auto" as const } }],
  [{ messages: [{ role: "user" as const, content: { type: "tool_result" as const, toolUseId: "a", content: [] } }] }],
])("a server cannot have the model call tools: %j", async (more) => {
  const params = { messages: [{ role: "user" as const, content: text("Hi") }], maxTokens: 10, ...more };
  const model = scripted([]);
  await expect(answerSampling(params, never, { model, approve: () => true })).rejects.toThrow("offers no tools");
  expect(model.requests).toEqual([]);
});

test("a server that does not wait any more stops the model", async () => {
  const left = new AbortController();
  const model = scripted([["On", { waitMs: 1e9 }]]);
  const approve = () => {
    setImmediate(() => left.abort());
    return true;
  };
  const params = { messages: [{ role: "user" as const, content: text("Hi") }], maxTokens: 10 };
  await expect(answerSampling(params, left.signal, { model, approve })).rejects.toMatchObject({ code: "cancelled" });
});
