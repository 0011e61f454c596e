import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../stream/json.js";
import { anthropic } from "./anthropic.js";

describe("a client's request for a message", () => {
  test.each<[string, JsonObject, string]>([
    ["no model", { max_tokens: 1, messages: [] }, "model"],
    ["no limit", { model: "m", messages: [{ role: "user", content: "Hi" }] }, "max_tokens"],
    ["no messages", { model: "m", max_tokens: 1, messages: [] }, "messages"],
    ["an unknown role", { model: "m", max_tokens: 1, messages: [{ role: "tool", content: "x" }] }, "messages[0].role"],
    [
      "a text without text",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
    ],
    [
      "bad base64",
      {
        model: "m",
        max_tokens: 1,
        messages: [
          {
            role: "user",
            content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "%" } }],
          },
        ],
      },
      "messages[0].content[0].source.data",
    ],
    [
      "a tool without a schema",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: "x" }], tools: [{ name: "f" }] },
      "tools[0].input_schema",
    ],
    [
      "a choice without a name",
      { model: "m", max_tokens: 1, messages: [{ role: "user", content: "x" }], tool_choice: { type: "tool" } },
      "tool_choice.name",
    ],
  ])("a client's request with %s is refused, naming the field", (_, body, field) => {
    expect(() => anthropic.readRequest(body)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
  });

  test("what only Anthropic has is kept for it", () => {
    const body = {
      model: "m",
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: [{ type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "found" }] }],
        },
      ],
      tools: [{ name: "f", input_schema: { type: "object" }, defer_loading: true }],
      output_config: { task_budget: { total: 5 } },
      inference_geo: "eu",
    };
    const { request } = anthropic.readRequest(body);
    expect(request.messages[0]).toMatchObject({
      content: [{ type: "text", text: "found", opaque: { dialect: "anthropic" } }],
    });
    const written = anthropic.writeRequest(request, { model: "m", stream: false }).body;
    expect(written).toEqual(body);
  });
});

test("instructions that are an empty list are none", () => {
  const messages = [{ role: "user", content: "Hi" }];
  const { request } = anthropic.readRequest({ model: "m", max_tokens: 1, system: [], messages });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
});
