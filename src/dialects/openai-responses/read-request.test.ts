import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../base/json.js";
import { openAiResponses } from "./openai-responses.js";

describe("what a client's request may say, as the API documents it, reaches a model of this protocol", () => {
  const asked: JsonObject = { model: "m", input: [{ role: "user", content: "Hi" }] };
  const passedOn = (more: JsonObject): JsonObject => {
    const { request } = openAiResponses.readRequest({ ...asked, ...more });
    return openAiResponses.writeRequest(request, { model: "gpt-5", stream: false }).body;
  };

  test.each<[field: string, value: JsonValue]>([
    ["moderation", { model: "omni-moderation-latest" }],
    ["prompt_cache_options", { mode: "explicit" }],
    ["stream_options", { include_obfuscation: false }],
    ["store", true],
    ["reasoning", { effort: "low", summary: "auto", context: "all_turns", mode: "pro" }],
    ["tools", [{ type: "function", name: "look", parameters: { type: "object" }, strict: true, defer_loading: true }]],
    ["tools", [{ type: "function", name: "look", parameters: { type: "object" }, allowed_callers: ["programmatic"] }]],
    [
      "input",
      [{ role: "user", content: [{ type: "input_image", image_url: "https://a.example/a", detail: "original" }] }],
    ],
    ["input", [{ role: "user", content: [{ type: "input_file", file_id: "file_1", detail: "low" }] }]],
    [
      "input",
      [{ role: "user", content: [{ type: "input_text", text: "Hi", prompt_cache_breakpoint: { mode: "explicit" } }] }],
    ],
    [
      "input",
      [
        { role: "developer", content: [{ type: "input_text", text: "Hi", prompt_cache_breakpoint: {} }] },
        { role: "user", content: "Hi" },
      ],
    ],
  ])("%s %j", (field, value) => {
    expect(passedOn({ [field]: value })[field]).toEqual(value);
  });

  test("what to include, beside the reasoning", () => {
    const include = ["reasoning.encrypted_content", "message.output_text.logprobs"];
    expect(passedOn({ include }).include).toEqual(include);
  });

  test("both ids of a user, and either", () => {
    expect(passedOn({ user: "u", safety_identifier: "s" })).toMatchObject({ user: "u", safety_identifier: "s" });
    expect(passedOn({ safety_identifier: "s" })).toMatchObject({ user: "s" });
  });

  test("the first name of a summary, and penalties of Open Responses, as ours", () => {
    const more = { reasoning: { generate_summary: "concise" }, presence_penalty: 0.5, frequency_penalty: 1 };
    const { request } = openAiResponses.readRequest({ ...asked, ...more });
    expect(request).toMatchObject({ reasoning: { summary: "concise" }, presencePenalty: 0.5, frequencyPenalty: 1 });
  });

  test("where a client marks what is to be cached, other protocols are sent the marks", () => {
    const content = [{ type: "input_text", text: "Hi", prompt_cache_breakpoint: { mode: "explicit" } }];
    const { request } = openAiResponses.readRequest({ model: "m", input: [{ role: "user", content }] });
    expect(request.messages).toMatchObject([{ content: [{ type: "text", text: "Hi", cache: "5m" }] }]);
  });

  test("a function that is more than a function is chosen by its name", () => {
    const tools = [{ type: "function", name: "look", defer_loading: true }];
    const tool_choice = { type: "function", name: "look" };
    expect(passedOn({ tools, tool_choice }).tool_choice).toEqual(tool_choice);
  });
});
