import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../stream/json.js";
import { ollama, ollamaGenerate } from "./ollama.js";

describe("a client's request to Ollama", () => {
  test("results without ids belong to the calls before them, by the tool's name", () => {
    const call = (name: string) => ({ function: { name, arguments: {} } });
    const { request } = ollama.readRequest({
      model: "m",
      messages: [
        { role: "assistant", content: "", tool_calls: [call("f"), call("g"), call("f")] },
        { role: "tool", content: "1", tool_name: "g" },
        { role: "tool", content: "2", tool_name: "f" },
        { role: "tool", content: "3" },
      ],
    });
    expect(request.messages[1]).toMatchObject({
      role: "tool",
      content: [
        { callId: "call_1", name: "g", output: "1" },
        { callId: "call_0", name: "f", output: "2" },
        { callId: "call_2", name: "f", output: "3" },
      ],
    });
  });

  test("without messages or a prompt it only loads the model", () => {
    expect(ollama.readRequest({ model: "m" })).toEqual({ model: "m", stream: true, request: { messages: [] } });
    expect(ollamaGenerate.readRequest({ model: "m", keep_alive: 0 })).toEqual({
      model: "m",
      stream: true,
      request: { messages: [], providerOptions: { ollama: { keep_alive: 0 } } },
    });
  });

  test.each<[string, JsonObject, string]>([
    ["no model", { messages: [] }, "model"],
    ["an unknown role", { model: "m", messages: [{ role: "robot", content: "x" }] }, "messages[0].role"],
    ["content that is no text", { model: "m", messages: [{ role: "user", content: ["x"] }] }, "messages[0].content"],
    [
      "an image that is no base64",
      { model: "m", messages: [{ role: "user", content: "x", images: ["%"] }] },
      "messages[0].images[0]",
    ],
    [
      "a call without a name",
      { model: "m", messages: [{ role: "assistant", tool_calls: [{ function: {} }] }] },
      "messages[0].tool_calls[0].function.name",
    ],
    ["a level that there is not", { model: "m", think: "very" }, "think"],
    ["an option of the wrong kind", { model: "m", options: { seed: "x" } }, "options.seed"],
    ["a format that there is not", { model: "m", format: "xml" }, "format"],
  ])("with %s it is refused, naming the field", (_, body, field) => {
    expect(() => ollama.readRequest(body)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
  });
});
