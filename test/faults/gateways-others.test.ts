import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { summarise } from "../laws/summary.js";
import { begun, block, call, candidate, delta, ended, line, readAnyCut, STOP } from "./gateway-wire.js";

describe("Anthropic's protocol as others speak it", () => {
  test.each([{ text: "Hi" }, { type: "text", text: "Hi" }])("text is never lost: %j", (piece) => {
    const { parts } = readAnyCut(anthropic, [
      begun,
      block({ type: "text", text: "" }),
      delta(piece),
      ended("end_turn"),
      STOP,
    ]);
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each([{ thinking: "hm" }, { type: "reasoning_delta", reasoning: "hm" }])("nor what it thinks: %j", (piece) => {
    const { parts } = readAnyCut(anthropic, [
      begun,
      block({ type: "thinking", thinking: "" }),
      delta(piece),
      ended("end_turn"),
      STOP,
    ]);
    expect(parts).toEqual([{ type: "reasoning", text: "hm" }]);
  });

  test("arguments may come as an object", () => {
    const { parts } = readAnyCut(anthropic, [
      begun,
      block({ type: "tool_use", id: "t", name: "f", input: {} }),
      delta({ type: "input_json_delta", partial_json: { a: 1 } }),
      ended("tool_use"),
      STOP,
    ]);
    expect(parts).toEqual([call("f", { a: 1 })]);
  });

  test("a whole message may be nothing but a text", () => {
    const message = { id: "a", type: "message", role: "assistant", model: "m", content: "Hi", stop_reason: "end_turn" };
    expect(summarise(anthropic.readBody(message))).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });
});

describe("Gemini's protocol as others speak it", () => {
  test.each<[string, object]>([
    ["finish reasons by their numbers", candidate([{ text: "Hi" }], { finishReason: 1 })],
    [
      "fields as protocol buffers name them",
      { candidates: [{ content: { parts: [{ text: "Hi" }] }, finish_reason: "STOP" }] },
    ],
    ["the chunk within another's `response`", { response: candidate([{ text: "Hi" }], { finishReason: "STOP" }) }],
  ])("%s", (_, frame) => {
    expect(readAnyCut(gemini, [frame])).toMatchObject({ parts: [{ type: "text", text: "Hi" }], reason: "stop" });
    expect(summarise(gemini.readBody(JSON.parse(JSON.stringify(frame))))).toMatchObject({ reason: "stop" });
  });

  test("a line of Ollama's may have no message", () => {
    expect(readAnyCut(ollama, [line(null), line({ content: "Hi" }, { done: true })]).parts).toEqual([
      { type: "text", text: "Hi" },
    ]);
  });
});
