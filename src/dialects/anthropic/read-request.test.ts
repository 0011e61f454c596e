import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
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

/** The body that a client's request becomes when it goes on to Anthropic. */
function passedOn(body: JsonObject): { body: JsonObject; warnings: unknown[]; beta: string | undefined } {
  const { model, stream, request } = anthropic.readRequest(body);
  const { body: wire, warnings, headers } = anthropic.writeRequest(request, { model, stream });
  return { body: wire, warnings, beta: headers?.["anthropic-beta"] };
}

describe("a client's request that goes on to Anthropic", () => {
  const plain = { max_tokens: 5_000, messages: [{ role: "user", content: "Hi" }] };
  const binding = { block_binding: { prefix_mismatch_behavior: "drop_block" } };

  test.each<[string, JsonObject]>([
    ["effort, which does not ask for thinking", { output_config: { effort: "high" }, temperature: 0.5 }],
    [
      "effort alone of a model that thinks by a budget",
      { model: "claude-opus-4-5", output_config: { effort: "high" } },
    ],
    ["an effort of which we have no level", { thinking: { type: "adaptive" }, output_config: { effort: "xhigh" } }],
    ["updates in place of thoughts", { thinking: { type: "enabled", budget_tokens: 2_000, display: "updates" } }],
    ["what thoughts are bound to", { thinking: { type: "adaptive", display: "omitted", ...binding } }],
    ["how to think without whether to", { model: "claude-fable-5-1", thinking: binding }],
  ])("says the same of thinking: %s", (_, said) => {
    const body = { model: "claude-opus-4-6", ...plain, ...said };
    expect(passedOn(body)).toMatchObject({ body, warnings: [] });
    expect(Object.keys(passedOn(body).body).sort()).toEqual(Object.keys(body).sort());
  });

  test("settings of thinking behind a header are asked for with it", () => {
    const thinking = { type: "adaptive", display: "updates", ...binding };
    expect(passedOn({ model: "claude-opus-5", ...plain, thinking }).beta).toBe(
      "thinking-binding-controls-2026-08-01,thinking-display-updates-2026-08-18",
    );
  });

  test("thinking of no known form is refused", () => {
    for (const thinking of [{}, { budget_tokens: 2_000 }, { type: "much" }]) {
      expect(() => passedOn({ model: "m", ...plain, thinking })).toThrow(
        expect.objectContaining({ code: "invalid-request", field: "thinking.type" }),
      );
    }
  });

  test("blocks behind a header come back with their breakpoints, and are asked for with it", () => {
    const said = [
      { type: "fallback", from: { model: "a" }, to: { model: "b" } },
      { type: "compaction", content: "So far.", cache_control: { type: "ephemeral" } },
      { type: "mcp_tool_use", id: "mcptoolu_1", name: "t", server_name: "s", input: {} },
      { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", content: [{ type: "text", text: "r" }] },
      { type: "text", text: "Hello" },
    ];
    const cited = { type: "text", text: "It is.", citations: [{ type: "char_location", cited_text: "is" }] };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: said },
      { role: "user", content: [cited] },
    ];
    const { body, beta } = passedOn({ model: "claude-opus-5", max_tokens: 10, messages });
    expect(body.messages).toEqual(messages);
    expect(beta).toBe("server-side-fallback-2026-07-01,compact-2026-01-12,mcp-client-2025-11-20");
    const signed = { role: "assistant", content: [{ type: "compaction", content: "So far.", signature: "s" }] };
    const goesOn = { model: "m", max_tokens: 10, messages: [signed, ...plain.messages] };
    expect(passedOn(goesOn).beta).toBe("compact-2026-09-04");
  });

  test.each<[string, JsonObject]>([
    ["clear_at", { clear_at: "next_user_message" }],
    ["output_config", { output_config: { effort: "low" } }],
  ])("instructions among the messages with %s are refused", (field, more) => {
    const system = { role: "system", content: "Be brief.", ...more };
    expect(() => passedOn({ model: "m", ...plain, messages: [...plain.messages, system] })).toThrow(
      expect.objectContaining({ code: "invalid-request", field: `messages[1].${field}` }),
    );
  });
});

test("instructions that are an empty list are none", () => {
  const messages = [{ role: "user", content: "Hi" }];
  const { request } = anthropic.readRequest({ model: "m", max_tokens: 1, system: [], messages });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
});
