import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import type { OpenAiChatQuirks } from "../../src/dialects/openai-chat/quirks.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatMessage, ToolCallPart, ToolResultPart } from "../../src/stream/message.js";

const TARGET = { model: "m", stream: true };
const user = (content: string): ChatMessage => ({ role: "user", content });
const call = (callId: string, name = "f"): ToolCallPart => ({ type: "tool-call", callId, name, input: {} });
const result = (callId: string, output: ToolResultPart["output"], name = "f"): ToolResultPart => ({
  type: "tool-result",
  callId,
  name,
  output,
});

/** A call of a tool and its result. */
function called(callIds: string[], name = "f"): ChatMessage[] {
  return [
    { role: "assistant", content: callIds.map((id) => call(id, name)) },
    { role: "tool", content: callIds.map((id, index) => result(id, `${index}`, name)) },
  ];
}

function idsIn(body: unknown): string[] {
  return [...JSON.stringify(body).matchAll(/"(?:tool_use_id|tool_call_id|call_id|id)":"([^"]*)"/g)].map(
    ([, id = ""]) => id,
  );
}

describe.each([
  ["openai-chat", openAiChat],
  ["openai-responses", openAiResponses],
  ["anthropic", anthropic],
  ["gemini", gemini],
])("a history for %s", (_, dialect) => {
  test.each([
    ["used twice at once", [user("Hi"), ...called(["a", "a"]), user("go")]],
    ["empty", [user("Hi"), ...called(["", ""]), user("go")]],
    ["half of a character", [user("Hi"), ...called(["a\ud83d", "b\udc00"]), user("go")]],
  ])("has ids of its own for calls whose ids are %s", (_, messages) => {
    const ids = idsIn(dialect.writeRequest({ messages }, TARGET).body);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[^\ud800-\udfff]+$/);
  });

  test("names what has no name alike in call and result", () => {
    const text = JSON.stringify(
      dialect.writeRequest({ messages: [user("Hi"), ...called(["a"], ""), user("go")] }, TARGET).body,
    );
    expect(text).not.toContain('"name":""');
  });

  test("has ids of its own for calls of different answers that share an id, and their results follow", () => {
    const messages = [user("Hi"), ...called(["a"]), user("on"), ...called(["a", "b"]), user("on"), ...called(["a"])];
    const ids = idsIn(dialect.writeRequest({ messages: [...messages, user("go")] }, TARGET).body);
    expect(ids).toEqual(["a", "a", "a_2", "b", "a_2", "b", "a_3", "a_3"]);
  });

  test.each<[string, ChatMessage[]]>([
    [
      "an empty turn and an empty answer",
      [
        { role: "user", content: [] },
        { role: "assistant", content: "" },
      ],
    ],
    ["thoughts alone", [{ role: "assistant", content: [{ type: "reasoning", text: "Hm." }] }]],
    ["a result of no call", [{ role: "tool", content: [result("a", "1")] }]],
    ["an empty last turn", [user("Hi"), { role: "assistant", content: "Yes?" }, { role: "user", content: [] }]],
  ])("is refused before it is sent where nothing is left of it: %s", (_, messages) => {
    expect(() => dialect.writeRequest({ messages }, TARGET)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: expect.stringMatching(/^messages/) }),
    );
  });

  test("leaves out a message that says nothing, where more follows", () => {
    const empty: ChatMessage = { role: "user", content: [] };
    const { body, warnings } = dialect.writeRequest({ messages: [user("Hi"), empty, user("go")] }, TARGET);
    expect(JSON.stringify(body)).not.toContain("[]");
    expect(warnings).toContainEqual(expect.objectContaining({ field: "messages[1]" }));
  });
});

test.each([
  ["anthropic", anthropic, "  "],
  ["gemini", gemini, ""],
])("instructions alone, or a last turn that is blank, are refused for %s", (_, dialect, blank) => {
  for (const messages of [[{ role: "system" as const, content: "Be brief." }], [user(blank)]]) {
    expect(() => dialect.writeRequest({ messages }, TARGET)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: expect.stringMatching(/^messages/) }),
    );
  }
});

test("Gemini is sent no text without a character", () => {
  const messages: ChatMessage[] = [
    user(""),
    { role: "assistant", content: "Yes?" },
    {
      role: "user",
      content: [
        { type: "text", text: "" },
        { type: "text", text: "go" },
      ],
    },
  ];
  expect(gemini.writeRequest({ messages }, TARGET).body).toMatchObject({
    contents: [{ role: "user" }, { role: "model" }, { role: "user", parts: [{ text: "go" }] }],
  });
});

describe("a history for Anthropic", () => {
  test("begins with the user", () => {
    const messages: ChatMessage[] = [{ role: "assistant", content: "Hello!" }, user("Hi")];
    expect(anthropic.writeRequest({ messages }, TARGET).body).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant" }, { role: "user" }],
    });
  });

  test.each(["", "  ", []])("has words where a tool failed without any: %j", (output) => {
    const failed: ChatMessage = { role: "tool", content: [{ ...result("a", output), isError: true }] };
    const messages = [user("Hi"), { role: "assistant" as const, content: [call("a")] }, failed];
    expect(anthropic.writeRequest({ messages }, TARGET).body).toMatchObject({
      messages: [{}, {}, { content: [{ is_error: true, content: expect.stringContaining("failed") }] }],
    });
  });

  test("has text only where a tool failed", () => {
    const output = [
      { type: "text", text: "see" },
      { type: "image", data: "aGk=", mimeType: "image/png" },
    ];
    const failed: ChatMessage = { role: "tool", content: [{ ...result("a", output), isError: true }] };
    const messages = [user("Hi"), { role: "assistant" as const, content: [call("a")] }, failed];
    const { body, warnings } = anthropic.writeRequest({ messages }, TARGET);
    expect(body).toMatchObject({
      messages: [{}, {}, { content: [{ content: [{ text: "see" }, { type: "text" }] }] }],
    });
    expect(warnings).toHaveLength(1);
  });

  test("is not lost to a blank message in its middle", () => {
    const messages: ChatMessage[] = [user("Hi"), { role: "assistant", content: "Hello!" }, user("  "), user("go")];
    expect(anthropic.writeRequest({ messages }, TARGET).body).toMatchObject({
      messages: [{ content: "Hi" }, { content: "Hello!" }, { content: "go" }],
    });
  });
});

describe("an image in the result of a tool, for a chat completion", () => {
  const image = { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" };
  const messages: ChatMessage[] = [
    user("Hi"),
    { role: "assistant", content: [call("a"), call("b")] },
    { role: "tool", content: [result("a", [{ type: "text", text: "see" }, image]), result("b", "none")] },
  ];

  test("is shown behind the results", () => {
    const { body, warnings } = openAiChat.writeRequest({ messages }, TARGET);
    const url = "data:image/png;base64,iVBORw0KGgo=";
    expect(body).toMatchObject({
      messages: [
        {},
        {},
        { role: "tool", tool_call_id: "a", content: "see\n(image 1 below)" },
        { role: "tool", tool_call_id: "b", content: "none" },
        { role: "user", content: [{ type: "text" }, { type: "image_url", image_url: { url } }] },
      ],
    });
    expect(warnings).toEqual([]);
  });

  test.each<OpenAiChatQuirks>([{ textParts: false }, { history: "mistral" }])(
    "is left out with a warning where it cannot be: %j",
    (quirks) => {
      const { body, warnings } = openAiChatDialect(quirks).writeRequest({ messages }, TARGET);
      expect(JSON.stringify(body)).not.toContain("iVBORw0KGgo");
      expect(warnings).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining("left out of the result of f: an image") }),
      );
    },
  );
});
