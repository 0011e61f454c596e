import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../base/json.js";
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

  test("results with ids belong to the calls without in order, where the client sends the ids of results alone", () => {
    const call = { function: { name: "f", arguments: {} } };
    const { request } = ollama.readRequest({
      model: "m",
      messages: [
        { role: "assistant", content: "", tool_calls: [{ id: "c", ...call }, call, call] },
        { role: "tool", content: "1", tool_call_id: "x" },
        { role: "tool", content: "2", tool_call_id: "y" },
        { role: "tool", content: "3", tool_call_id: "c" },
      ],
    });
    const results = [
      { callId: "call_1", output: "1" },
      { callId: "call_2", output: "2" },
      { callId: "c", output: "3" },
    ];
    expect(request.messages[1]).toMatchObject({ role: "tool", content: results });
  });

  test("the most of thinking goes on as it came", () => {
    const { request } = ollama.readRequest({ model: "m", think: "max" });
    expect(request.reasoning).toEqual({ effort: "max" });
    const { body, warnings } = ollama.writeRequest(request, { model: "m", stream: true });
    expect([body.think, warnings]).toEqual(["max", []]);
  });

  test("images of the model and of a tool are read, those of a tool go on", () => {
    const png = "iVBORw0KGgo=";
    const messages = [
      {
        role: "assistant",
        content: "",
        images: [png],
        tool_calls: [
          { id: "c", function: { name: "f", arguments: {} } },
          { id: "d", function: { name: "g", arguments: {} } },
        ],
      },
      { role: "tool", content: "Here.", images: [png], tool_name: "f", tool_call_id: "c" },
      { role: "tool", content: "", images: [png], tool_name: "g", tool_call_id: "d" },
    ];
    const { request } = ollama.readRequest({ model: "m", messages });
    const image = { type: "image", data: png, mimeType: "image/png" };
    expect(request.messages).toMatchObject([
      {
        role: "assistant",
        content: [
          { type: "file", mediaType: "image/png" },
          { type: "tool-call", callId: "c" },
          { type: "tool-call", callId: "d" },
        ],
      },
      { role: "tool", content: [{ output: [{ type: "text", text: "Here." }, image] }, { output: [image] }] },
    ]);
    const { body, warnings } = ollama.writeRequest(request, { model: "m", stream: true });
    expect(body.messages).toEqual([expect.objectContaining({ role: "assistant" }), ...messages.slice(1)]);
    expect(warnings).toMatchObject([{ field: "messages[0].content[0]" }]);
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
    [
      "an image among the instructions",
      { model: "m", messages: [{ role: "system", content: "x", images: ["AAAA"] }] },
      "messages[0].images",
    ],
    [
      "an image of the model that is no base64",
      { model: "m", messages: [{ role: "assistant", content: "x", images: [1] }] },
      "messages[0].images[0]",
    ],
    ["a level that there is not", { model: "m", think: "very" }, "think"],
    ["an option of the wrong kind", { model: "m", options: { seed: "x" } }, "options.seed"],
    ["a format that there is not", { model: "m", format: "xml" }, "format"],
  ])("with %s it is refused, naming the field", (_, body, field) => {
    expect(() => ollama.readRequest(body)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
  });
});
