import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../base/json.js";
import type { ChatMessage } from "../../stream/message.js";
import { anthropic } from "../anthropic/anthropic.js";
import { gemini } from "../gemini/gemini.js";
import { ollama } from "../ollama/ollama.js";
import { openAiChat } from "../openai-chat/openai-chat.js";
import { openAiResponses } from "../openai-responses/openai-responses.js";
import { OPENAI_CHAT_HISTORY } from "./history-rules.js";
import { type ResultFile, resultContent, sentOutput } from "./result-content.js";

const text = { type: "text", text: "see" };
const image = { type: "image", data: "aGk=", mimeType: "image/png" };
const sound = { type: "audio", data: "aGk=", mimeType: "audio/wav" };
const page = { type: "resource", resource: { uri: "file:///a.md", mimeType: "text/markdown", text: "# A" } };
const picture = { type: "resource", resource: { uri: "file:///a.png", mimeType: "image/png", blob: "aGk=" } };
const archive = { type: "resource", resource: { uri: "file:///a.zip", mimeType: "application/zip", blob: "UEs=" } };
const link = { type: "resource_link", uri: "https://a.b/c", name: "c" };

function contentOf(output: JsonValue, takes: ResultFile[] = ["image"]) {
  const lost: string[] = [];
  return { parts: resultContent(output, takes, (what) => lost.push(what)), lost };
}

describe("a result in the form of MCP", () => {
  test.each<[string, JsonValue, JsonValue[]]>([
    ["whole", { content: [text, image] }, [text, image]],
    [
      "with structured content beside it",
      { content: [image], structuredContent: { a: 1 } },
      [image, { type: "text", text: '{"a":1}' }],
    ],
    ["with structured content that is null", { content: [text], structuredContent: null }, [text]],
    ["with a text in a resource", [text, page], [text, { type: "text", text: "file:///a.md\n# A" }]],
    ["with an image in a resource", [picture], [image]],
    ["with a link", [text, link], [text, { type: "text", text: JSON.stringify(link) }]],
  ])("%s is its parts", (_, output, parts) => {
    expect(contentOf(output)).toEqual({ parts, lost: [] });
  });

  test("says that it failed", () => {
    const output = { content: [text], isError: true };
    expect(sentOutput({ output }, OPENAI_CHAT_HISTORY, () => {})).toEqual({ output: [text], isError: true });
  });

  test("has a text in the place of what the service does not take", () => {
    const { parts, lost } = contentOf([image, sound, archive], []);
    expect(lost).toEqual(["an image", "a sound", "a file (application/zip)"]);
    expect(JSON.stringify(parts)).not.toMatch(/aGk=|UEs=/);
  });

  test("has sounds under their types, also where they have none, and no bytes as words", () => {
    const wave = btoa("RIFF\0\0\0\0WAVEfmt ");
    const sounds = [sound, { type: "audio", data: wave }, { type: "audio", data: "aGk=" }];
    const { parts, lost } = contentOf(sounds, ["audio"]);
    expect(parts).toMatchObject([sound, { data: wave, mimeType: "audio/wav" }, { type: "text" }]);
    expect(lost).toEqual(["a sound without readable bytes"]);
  });

  test.each<[string, JsonValue]>([
    ["a list that needs no change", [text, image]],
    ["an object with fields of its own", { content: [text], title: "A" }],
    ["a list of values", [{ type: "circle", r: 1 }]],
    ["a part without what it has to have", [{ type: "text" }]],
    ["content without parts", { content: [] }],
    ["a text", "see"],
  ])("is not seen in %s", (_, output) => {
    expect(resultContent(output, ["image"], () => {})).toBeUndefined();
  });
});

describe("a whole result of MCP in a history", () => {
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: [{ type: "tool-call", callId: "a", name: "f", input: {} }] },
    {
      role: "tool",
      content: [{ type: "tool-result", callId: "a", name: "f", output: { content: [text, image, page] } }],
    },
  ];
  const bodyFor = (dialect: Pick<typeof openAiChat, "writeRequest">) =>
    dialect.writeRequest({ messages }, { model: "gemini-3-pro", stream: true }).body;

  test("is text and image for Anthropic", () => {
    expect(bodyFor(anthropic).messages).toMatchObject([
      {},
      {},
      {
        content: [
          {
            content: [text, { type: "image", source: { data: "aGk=" } }, { text: "file:///a.md\n# A" }],
          },
        ],
      },
    ]);
  });

  test("is parts for Responses", () => {
    expect(bodyFor(openAiResponses).input).toMatchObject([
      {},
      {},
      { output: [{ type: "input_text" }, { type: "input_image" }, { type: "input_text" }] },
    ]);
  });

  test("is text, with the image behind it, for a chat completion", () => {
    expect(bodyFor(openAiChat).messages).toMatchObject([
      {},
      {},
      { role: "tool", content: "see\n(image 1 below)\nfile:///a.md\n# A" },
      { role: "user", content: [{}, { type: "image_url" }] },
    ]);
  });

  test("has its image as data for Gemini and Ollama", () => {
    expect(JSON.stringify(bodyFor(gemini))).toContain('"inlineData":{"mimeType":"image/png","data":"aGk="');
    expect(bodyFor(ollama).messages).toMatchObject([{}, {}, { content: "see\nfile:///a.md\n# A", images: ["aGk="] }]);
  });
});

describe("a list of a tool's own in which texts say more than MCP's", () => {
  const hit = { type: "text", text: "Oslo", score: 0.3 };
  const noted = { type: "text", text: "see", annotations: { audience: ["user"] }, _meta: { a: 1 } };
  const bodyWith = (dialect: Pick<typeof openAiChat, "writeRequest">, output: JsonValue) => {
    const messages: ChatMessage[] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: [{ type: "tool-call", callId: "a", name: "f", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "a", name: "f", output }] },
    ];
    return dialect.writeRequest({ messages }, { model: "gemini-3-pro", stream: true }).body;
  };

  test.each([openAiChat, openAiResponses, anthropic, ollama, gemini])("loses nothing for $name", (dialect) => {
    for (const output of [[hit], [hit, image]]) {
      expect(JSON.stringify(bodyWith(dialect, output)).replaceAll("\\", "")).toContain('"score":0.3');
    }
  });

  test("has no fields in Anthropic's blocks that are refused", () => {
    expect(bodyWith(anthropic, [hit, noted, { ...text, cache_control: { type: "ephemeral" } }]).messages).toMatchObject(
      [
        {},
        {},
        {
          content: [
            {
              content: [
                { type: "text", text: JSON.stringify(hit) },
                { type: "text", text: "see" },
                { type: "text", text: "see", cache_control: { type: "ephemeral" } },
              ],
            },
          ],
        },
      ],
    );
    expect(JSON.stringify(bodyWith(anthropic, [noted]))).not.toMatch(/annotations|_meta/);
  });
});

test("a failure of blank texts is sent as one without words", () => {
  const { output } = sentOutput(
    { output: [{ type: "text", text: " \n" }], isError: true },
    { dialect: "a", failures: "text" },
    () => {},
  );
  expect(output).toBe("The tool failed, and did not say why.");
});

describe("an image of a result", () => {
  const jpeg = "/9j/4AAQSkZJRgABAQAAAQABAAD/";
  const named = (mimeType: string, data = "aGk=") => ({ type: "image", data, mimeType });

  test.each<[string, JsonValue, JsonValue]>([
    ["that is called something else has the name of its bytes", named("image/png", jpeg), named("image/jpeg", jpeg)],
    ["without a name has the name of its bytes", { type: "image", data: jpeg }, named("image/jpeg", jpeg)],
    ["without a name that its bytes tell is PNG", { type: "image", data: "aGk=" }, named("image/png")],
    ["has a registered name", named("image/jpg"), named("image/jpeg")],
    ["has a name without parameters", named("Image/PNG; charset=binary"), named("image/png")],
  ])("%s", (_, given, sent) => {
    expect(contentOf([given])).toEqual({ parts: [sent], lost: [] });
  });

  test.each<[string, JsonValue, string]>([
    ["SVG", named("image/svg+xml"), "an image of type image/svg+xml"],
    ["HEIC", named("image/heic"), "an image of type image/heic"],
    ["a data URL", named("image/png", "data:image/png;base64,aGk="), "an image without readable bytes"],
    ["empty", named("image/png", ""), "an image without readable bytes"],
    [
      "SVG in a resource",
      { type: "resource", resource: { uri: "a", mimeType: "image/svg+xml", blob: "PHN2Zz4=" } },
      "an image of type image/svg+xml",
    ],
  ])("is a text where the service refuses it: %s", (_, given, lost) => {
    expect(contentOf([given])).toEqual({
      parts: [{ type: "text", text: `(${lost}, which cannot be shown here)` }],
      lost: [lost],
    });
  });

  test("may be of a type that only some services see", () => {
    expect(contentOf([named("image/heic")], ["image", "heic"])).toEqual({ parts: undefined, lost: [] });
  });
});
