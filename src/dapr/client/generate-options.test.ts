import { describe, expect, test } from "vitest";
import { failure } from "../../../test/support/dapr-world.js";
import type { DaprChatClientOptions } from "./client-options.js";
import { DaprChatClient, type DaprModelOptions } from "./dapr-chat-client.js";
import type { GenerateOptions } from "./generate-options.js";

describe("what is refused before anything is sent", () => {
  const dapr = new DaprChatClient({ env: {}, httpPort: 9 });
  const png = { type: "file" as const, mediaType: "image/png", data: new Uint8Array([1]) };

  test.each<[string, unknown, string]>([
    ["no options", undefined, "options"],
    ["no messages", {}, "messages"],
    ["an empty text", { messages: "" }, "messages"],
    ["no list", { messages: { role: "user" } }, "messages"],
    ["an unknown option", { messages: "x", top_k: 3 }, "top_k"],
    ["a message that is none", { messages: ["x"] }, "messages[0]"],
    ["an unknown role", { messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
    ["a developer without text", { messages: [{ role: "developer", content: 1 }] }, "messages[0].content"],
    ["calls that are none", { messages: [{ role: "assistant", tool_calls: 1 }] }, "messages[0].tool_calls"],
    ["a call that is none", { messages: [{ role: "assistant", tool_calls: [1] }] }, "messages[0].tool_calls[0]"],
    [
      "a call without an id",
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "a" } }] }] },
      "messages[0].tool_calls[0].id",
    ],
    [
      "a result of no call",
      { messages: [{ role: "tool", tool_call_id: "c1", content: "x" }] },
      "messages[0].content[0].callId",
    ],
    ["tools that are none", { messages: "x", tools: "all" }, "tools"],
    ["a tool that is none", { messages: "x", tools: [{}] }, "tools[0]"],
    ["a tool without a name", { messages: "x", tools: [{ function: {} }] }, "tools[0].function.name"],
    [
      "arguments without a schema",
      { messages: "x", tools: [{ function: { name: "a", parameters: 1 } }] },
      "tools[0].function.parameters",
    ],
    ["a choice that is none", { messages: "x", toolChoice: 1 }, "toolChoice"],
    ["a choice of no tool", { messages: "x", toolChoice: "weather" }, "toolChoice.name"],
    ["a form that is none", { messages: "x", responseFormat: 1 }, "responseFormat"],
    [
      "a form without a schema",
      { messages: "x", responseFormat: { type: "json_schema" } },
      "responseFormat.json_schema.schema",
    ],
    ["a temperature that is none", { messages: "x", temperature: "hot" }, "temperature"],
    ["a scrubbing that is none", { messages: "x", scrubPII: { both: true } }, "scrubPII.both"],
    ["a retention that is none", { messages: "x", promptCacheRetentionMs: 0 }, "promptCacheRetentionMs"],
  ])("%s", async (_, options, field) => {
    expect(await failure(() => dapr.generate(options as GenerateOptions & { stream: false }))).toMatchObject({
      code: "invalid-argument",
      field,
    });
  });

  test("images and other files, which Dapr's API cannot carry", async () => {
    const contents = [
      [png],
      [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
      [{ type: "file", mediaType: "image/png", data: { id: "file_1" } }],
    ];
    for (const content of contents) {
      const messages = [{ role: "user", content }] as unknown as GenerateOptions["messages"];
      const error = await failure(() => dapr.generate({ messages }));
      expect(error).toMatchObject({ code: "unsupported", field: "messages[0].content[0]" });
    }
    const search = { dialect: "anthropic", type: "web_search_20250305" };
    expect(() => dapr.model({ contextID: "c1" } as DaprModelOptions)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "contextID" }),
    );
    expect(() => dapr.model().stream({ messages: [{ role: "user", content: "x" }], tools: [search] })).toThrow(
      expect.objectContaining({ code: "unsupported", field: "tools[0]" }),
    );
  });

  test.each<[DaprChatClientOptions, string]>([
    [{ llmComponent: "a", componentName: "b" }, "componentName"],
    [{ backend: "in-process" }, "resourcesPath"],
    [{ backend: "nobody" as "auto" }, "backend"],
    [{ httpPort: 0 }, "httpPort"],
    [{ grpcEndpoint: "unix:/tmp/x" }, "grpcEndpoint"],
    [{ simulatedTokensPerSecond: 0 }, "simulatedTokensPerSecond"],
    [{ llmcomponent: "echo" } as DaprChatClientOptions, "llmcomponent"],
    [{ llmComponent: "" }, "llmComponent"],
    [{ apiToken: 5 as unknown as string }, "apiToken"],
  ])("a client with %j", (options, field) => {
    expect(() => new DaprChatClient({ env: {}, ...options })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field }),
    );
  });
});
