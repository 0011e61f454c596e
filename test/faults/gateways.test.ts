import { describe, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import {
  begun,
  block,
  calls,
  candidate,
  chunk,
  DONE,
  delta,
  ended,
  line,
  readAnyCut,
  STOP,
  type Wire,
} from "./gateway-wire.js";

/** An answer with one call, or with text alone, that ends with a word. */
const ENDINGS: readonly [string, Dialect, (word: unknown, calling: boolean) => Wire][] = [
  [
    "openai-chat",
    openAiChat,
    (word, calling) => [
      calling ? calls({ index: 0, id: "t", function: { name: "f", arguments: "{}" } }) : chunk({ content: "Hi" }),
      chunk({}, word),
      DONE,
    ],
  ],
  [
    "anthropic",
    anthropic,
    (word, calling) => [
      begun,
      block(calling ? { type: "tool_use", id: "t", name: "f", input: {} } : { type: "text", text: "Hi" }),
      { type: "content_block_stop", index: 0 },
      ended(word),
      STOP,
    ],
  ],
  [
    "gemini",
    gemini,
    (word, calling) => [
      candidate([calling ? { functionCall: { name: "f", args: {} } } : { text: "Hi" }], { finishReason: word }),
    ],
  ],
  [
    "ollama",
    ollama,
    (word, calling) => [
      line(calling ? { content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] } : { content: "Hi" }),
      line({ content: "" }, { done: true, done_reason: word }),
    ],
  ],
];

describe.each(ENDINGS)(
  "the last word of an answer of %s, from whatever provider stands behind",
  (_, dialect, answer) => {
    test.each([
      ["stop", "stop"],
      ["STOP", "stop"],
      ["end_turn", "stop"],
      ["COMPLETE", "stop"],
      ["length", "length"],
      ["MAX_TOKENS", "length"],
      ["model_context_window_exceeded", "length"],
      ["content_filter", "content-filter"],
      ["guardrail_intervened", "content-filter"],
      ["ERROR_TOXIC", "content-filter"],
      ["refusal", "refusal"],
      [{ type: "length" }, "length"],
      ["a word of nobody", "other"],
    ])("%j after text is `%s`", (word, reason) => {
      const said = readAnyCut(dialect, answer(word, false));
      expect(said.error).toBeUndefined();
      expect(said.reason).toBe(reason);
    });

    test.each(["tool_calls", "tool_use", "stop", "TOOL_USE", "function_call", "a word of nobody"])(
      "%j after a call waits for its result",
      (word) => {
        expect(readAnyCut(dialect, answer(word, true)).reason).toBe("tool-calls");
      },
    );

    test.each(["error", "timeout", "cancelled", "abort", { type: "abort", message: "out of memory" }])(
      "%j is an answer that broke off",
      (word) => {
        const { error, events } = readAnyCut(dialect, answer(word, false));
        expect(error).toMatchObject({ code: "provider-error", retryable: true });
        expect(error?.message).toContain(typeof word === "string" ? "" : word.message);
        expect(events.some(({ type }) => type === "finish")).toBe(false);
      },
    );
  },
);

describe("errors within an answer", () => {
  test.each<[string, object | string, object]>([
    [
      "an exception of AWS under its name",
      { throttlingException: { message: "slow down" } },
      { code: "provider-error" },
    ],
    [
      "an exception of AWS beside its name",
      { __type: "ThrottlingException", Message: "slow down" },
      { code: "rate-limited" },
    ],
    ["a status that is no number", { status: "error", message: "slow down" }, { code: "provider-error" }],
    ["an `error:` within the data", 'data: error: {"code":503,"message":"slow down"}\n\n', { status: 503 }],
    ["an `error:` line", 'error: {"code":503,"message":"slow down"}\n\n', { status: 503 }],
  ])("%s is one in its words", (_, frame, expected) => {
    const { error } = readAnyCut(openAiChat, [chunk({ content: "Hel" }), frame, DONE]);
    expect(error).toMatchObject({ ...expected, providerMessage: "slow down" });
  });
});

describe("frames that say nothing", () => {
  test.each([
    "data: null\n\n",
    "event: ping\ndata: ping\n\n",
    "data: keep-alive\n\n",
    "data: : PROCESSING\n\n",
    "event: heartbeat\ndata: 1\n\n",
  ])("%j only keeps the connection open", (beat) => {
    expect(readAnyCut(openAiChat, [beat, chunk({ content: "Hi" }), beat, chunk({}, "stop"), DONE])).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
    expect(
      readAnyCut(anthropic, [beat, begun, beat, block({ type: "text", text: "Hi" }), ended("end_turn"), STOP]),
    ).toMatchObject({
      parts: [{ type: "text", text: "Hi" }],
      reason: "stop",
    });
  });
});

describe("events whose frames were damaged on their way", () => {
  const frames = [chunk({ content: "H" }), chunk({ content: "i" }), chunk({}, "stop")].map((one) =>
    JSON.stringify(one),
  );

  test("without the empty lines between them", () => {
    const { parts, reason } = readAnyCut(openAiChat, [
      `${[...frames, "[DONE]"].map((data) => `data: ${data}`).join("\n")}\n`,
    ]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("with labels, and without the empty lines between them", () => {
    const events = [
      begun,
      block({ type: "text", text: "" }),
      delta({ type: "text_delta", text: "Hi" }),
      ended("end_turn"),
      STOP,
    ];
    const lines = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n`);
    const { parts, reason } = readAnyCut(anthropic, [lines.join("")]);
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("with `data:` twice", () => {
    const { parts, reason } = readAnyCut(
      openAiChat,
      [...frames, "[DONE]"].map((data) => `data: data: ${data}\n\n`),
    );
    expect([parts, reason]).toEqual([[{ type: "text", text: "Hi" }], "stop"]);
  });

  test("JSON on several lines of data stays one frame", () => {
    const pretty = (value: object) => `${JSON.stringify(value, null, 1).replace(/^/gm, "data: ")}\n\n`;
    const { parts } = readAnyCut(openAiChat, [pretty(chunk({ content: "Hi" })), pretty(chunk({}, "stop")), DONE]);
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
  });
});
