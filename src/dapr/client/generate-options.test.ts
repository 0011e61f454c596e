import { describe, expect, test } from "vitest";
import { failure } from "../../../test/support/dapr-world.js";
import type { DaprChatClientOptions } from "./client-options.js";
import { DaprChatClient } from "./dapr-chat-client.js";
import type { DaprModelOptions, GenerateOptions } from "./generate-options.js";

describe("what is refused before anything is sent", () => {
  const dapr = new DaprChatClient({ env: {}, httpPort: 9 });

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

  test.each([
    [{ type: "image_url" }, "image_url"],
    [{ type: "image_url", image_url: { url: "a.png" } }, "image_url.url"],
    [{ type: "image_url", image_url: { url: "https://example.org/a.png", detail: "most" } }, "image_url.detail"],
    [{ type: "input_audio", input_audio: { data: "AA==", format: "ogg" } }, "input_audio.format"],
    [{ type: "input_audio", input_audio: { data: "!", format: "wav" } }, "input_audio.data"],
    [{ type: "file", file: { file_data: "AA==" } }, "file.file_data"],
    [{ type: "video_url", video_url: { url: "x" } }, "type"],
  ])("a file that is none: %j", async (part, field) => {
    const messages = [{ role: "user", content: [part] }] as unknown as GenerateOptions["messages"];
    expect(await failure(() => dapr.generate({ messages }))).toMatchObject({
      code: "invalid-argument",
      field: `messages[0].content[0].${field}`,
    });
  });

  test.each([
    [{ timeouts: { idle: 5 } }, "timeouts.idle"],
    [{ retry: { maxRetries: 5 } }, "retry.maxRetries"],
  ])("limits and retries by names that there are not: %j", async (options, field) => {
    const asked = { messages: "x", ...options } as GenerateOptions & { stream?: false };
    expect(await failure(() => dapr.generate(asked))).toMatchObject({ code: "invalid-argument", field });
  });

  test("tools of providers, and options of a model that there are not", () => {
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
    [{ timeouts: { firstByte: 5 } as object }, "timeouts.firstByte"],
    [{ retry: { retires: 5 } as object }, "retry.retires"],
    [{ apiToken: 5 as unknown as string }, "apiToken"],
  ])("a client with %j", (options, field) => {
    expect(() => new DaprChatClient({ env: {}, ...options })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field }),
    );
  });
});
