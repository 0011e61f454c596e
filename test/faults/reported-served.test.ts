import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { summarise } from "../laws/summary.js";
import { chat, readFrames, STOPPED, say } from "./read-frames.js";

const CONTEXT = { model: "m", request: { messages: [{ role: "user" as const, content: "Hi" }] } };
const HELLO: ChatEvent[] = [
  { type: "start", id: "x", model: "m" },
  { type: "text-delta", text: "Hi" },
  { type: "finish", reason: "stop", usage: {} },
];

function framesOf(wire: Uint8Array): { type: string; usage?: object; response?: { usage?: object } }[] {
  return [...new TextDecoder().decode(wire).matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
}

/** What users of other libraries reported in 2026. Each names where. */
describe("what is served", () => {
  test("has usage at its end, also where nobody counted (farion1231/cc-switch#2485, farion1231/cc-switch#6438)", () => {
    const message = framesOf(writeWire(anthropic, HELLO, CONTEXT)).find(({ type }) => type === "message_delta");
    expect(message?.usage).toEqual({ input_tokens: 0, output_tokens: 0 });
    const response = framesOf(writeWire(openAiResponses, HELLO, CONTEXT)).at(-1)?.response;
    expect(response?.usage).toMatchObject({ input_tokens_details: {}, output_tokens_details: {} });
  });

  test("has a number in each event of a response, failures too (Soju06/codex-lb#1479, OctaFuse/octafuse-gateway#162)", () => {
    const numbers: number[] = [];
    const write = ({ data }: { data: string }) => void numbers.push(JSON.parse(data).sequence_number);
    const writer = openAiResponses.writer(CONTEXT);
    for (const event of HELLO.slice(0, 2)) writer.push(event, write);
    writer.fail(new SluiceError("overloaded", "Overloaded", { retryable: true }), write);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  test.each([anthropic, openAiResponses, gemini, ollama])(
    "is $name's with thoughts after text (open-webui/open-webui#24697)",
    (dialect) => {
      const thought = (reasoning_content: string) => chat({ delta: { reasoning_content } });
      const { events } = readFrames(openAiChat, [
        thought("A"),
        say("one "),
        thought("B"),
        say("two"),
        STOPPED,
        "[DONE]",
      ]);
      const { parts } = summarise(readWire(dialect, [writeWire(dialect, events, CONTEXT)]).events);
      expect(parts).toMatchObject([{ text: "A" }, { text: "one " }, { text: "B" }, { text: "two" }]);
    },
  );

  test("reads an answer of calls alone, whose content is null (shogo-labs/shogo-ai#842)", () => {
    const tool_calls = [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"at":1}' } }];
    const { request } = openAiChat.readRequest({
      model: "m",
      messages: [
        { role: "user", content: "x" },
        { role: "assistant", content: null, tool_calls },
        { role: "tool", tool_call_id: "call_1", content: '{"ok":true}' },
      ],
    });
    expect(anthropic.writeRequest(request, { model: "claude-sonnet-4-5", stream: true }).body.messages).toMatchObject([
      {},
      { content: [{ type: "tool_use", id: "call_1", input: { at: 1 } }] },
      { content: [{ type: "tool_result", tool_use_id: "call_1" }] },
    ]);
  });
});
