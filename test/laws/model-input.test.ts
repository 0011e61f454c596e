import { describe, expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { generate } from "../../src/chat/generate.js";
import { anthropic, gemini, ollama, openAiChat } from "../../src/dialects/index.js";
import { defineModel } from "../../src/models/define-model.js";
import { fallback } from "../../src/models/fallback.js";
import { llama } from "../../src/models/llama/llama.js";
import { model } from "../../src/models/named-model.js";
import { simulate } from "../../src/models/simulate.js";
import type { ChatModel, InputKind } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import type { FilePart } from "../../src/stream/message.js";

const file = (mediaType: string, data: FilePart["data"] = Uint8Array.of(1)): FilePart => ({
  type: "file",
  mediaType,
  data,
});
const asking = (part: FilePart): ChatRequest => ({
  messages: [
    { role: "user", content: "Hi" },
    { role: "user", content: [{ type: "text", text: "What is this?" }, part] },
  ],
});
const FIELD = "messages[1].content[1]";
/** Never called: a request that is refused goes nowhere. */
const nowhere = { apiKey: "none", baseUrl: "http://127.0.0.1:9/v1", env: {} };

const own = (input: readonly InputKind[]) =>
  defineModel({ id: "own", capabilities: { input }, stream: () => ["I see."] });

describe("a model that does not take a file says so before the call", () => {
  const textOnly: readonly [how: string, one: ChatModel][] = [
    ["defined by an author", own([])],
    ["that does not stream", simulate(own([]))],
    ["of a service that knows only text", model("deepseek/deepseek-chat", nowhere)],
    ["whose name says that it reads only text", model("openai/o3-mini", nowhere)],
    ["that is said to read only text", model("vllm/any", { ...nowhere, capabilities: { input: [] } })],
    ["in this process", llama("nothing.gguf")],
  ];

  test.each(textOnly)("%s", (_how, one) => {
    const refused = { code: "unsupported", field: FIELD };
    expect(() => one.stream(asking(file("image/png")))).toThrow(expect.objectContaining(refused));
    expect(() => one.stream(asking(file("image/png")))).toThrow(`${FIELD}: found image (image/png);`);
    expect(() => one.stream(asking(file("application/pdf", { url: "https://example.org/a.pdf" })))).toThrow("document");
  });

  test("whichever way it is called", async () => {
    const one = own(["image"]);
    const refused = {
      code: "unsupported",
      field: FIELD,
      message: `${FIELD}: found audio (audio/wav); own takes text, image`,
    };
    await expect(generate(one, asking(file("audio/wav")))).rejects.toMatchObject(refused);
    const conversation = new Conversation({ model: one });
    const said = conversation.send([{ type: "text", text: "Listen" }, file("audio/wav")]);
    await expect(said).rejects.toMatchObject({ code: "unsupported", field: "messages[0].content[1]" });
    expect(await conversation.messages()).toEqual([]);
  });

  test("and a fallback goes on with one that takes it", async () => {
    const answer = await generate(fallback([own([]), own(["image"])]), asking(file("image/png")));
    expect(answer.text).toBe("I see.");
  });
});

describe("what protocols have no place for", () => {
  test.each([
    [anthropic, "anthropic/claude-sonnet-4-5", "audio/wav"],
    [ollama, "ollama/llava", "application/pdf"],
    [openAiChat, "xai/grok-4", "video/mp4"],
  ])("is refused: $name", (_dialect, id, mediaType) => {
    expect(() => model(id, nowhere).stream(asking(file(mediaType)))).toThrow(FIELD);
  });

  test("is known of each model", () => {
    expect(model("gemini/gemini-2.5-pro", nowhere).capabilities?.input).toContain("video");
    expect(model("openai/gpt-5", nowhere).capabilities?.input).toEqual(["image", "audio", "document"]);
    expect(model("ollama/llava", nowhere).capabilities?.input).toEqual(["image"]);
    expect(model("vllm/any", { ...nowhere, dialect: gemini }).capabilities?.input).toContain("audio");
  });
});

test("files that the provider has, and models of which nothing is known, are left alone", async () => {
  expect((await generate(own([]), asking(file("audio/wav", { id: "file-1" })))).text).toBe("I see.");
  const unknown = defineModel({ id: "own", stream: () => ["I see."] });
  expect((await generate(unknown, asking(file("video/mp4")))).text).toBe("I see.");
});
