import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import type { JsonObject } from "../../base/json.js";
import { parseJson } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { fallback } from "../fallback.js";
import { model } from "../named-model.js";
import { PROVIDERS } from "../providers.js";
import { scripted } from "../scripted.js";

const env = { ANTHROPIC_API_KEY: "k", MISTRAL_API_KEY: "k", MOONSHOT_API_KEY: "k", OPENAI_API_KEY: "k" };
const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

test.each([
  ["anthropic/claude-3-5-haiku-latest", true],
  ["anthropic/claude-sonnet-4-20250514", true],
  ["anthropic/claude-opus-4-1", true],
  ["anthropic/claude-haiku-4-5-20251001", true],
  ["anthropic/claude-opus-4-6", undefined],
  ["anthropic/claude-sonnet-5", undefined],
  ["mistral/mistral-large-latest", true],
  ["moonshot/kimi-k2", true],
  ["vllm/any", true],
  ["openai/gpt-5", undefined],
])("%s goes on from a beginning: %s", (id, prefix) => {
  expect(model(id, { env }).capabilities?.prefix).toBe(prefix);
});

test.each([
  ["mistral/mistral-large-latest", { prefix: true }, {}],
  ["moonshot/kimi-k2", { partial: true }, {}],
  ["vllm/any", {}, { continue_final_message: true, add_generation_prompt: false }],
])("%s is told to, and what it says follows what was said", async (id, marked, asked) => {
  const sent: JsonObject[] = [];
  const chunk = { id: "1", model: "m", choices: [{ index: 0, delta: { content: " world" }, finish_reason: "stop" }] };
  const fetch = (_url: unknown, init?: RequestInit) => {
    sent.push(parseJson(String(init?.body)) as JsonObject);
    const headers = { "content-type": "text/event-stream" };
    return Promise.resolve(new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, { headers }));
  };
  const broken = scripted([["Hello ", { throw: new SluiceError("truncated", "cut") }]]);
  const stream = fallback([broken, model(id, { env, fetch })], { afterFirstDelta: "continue" }).stream(REQUEST);
  await collect(stream);
  expect(await stream.fullText).toBe("Hello world");
  expect(sent[0]).toMatchObject(asked);
  expect(sent[0]?.messages).toEqual([...REQUEST.messages, { role: "assistant", content: "Hello", ...marked }]);
});

describe("Mistral", () => {
  const mistral = PROVIDERS.find(({ id }) => id === "mistral");
  const write = async (name: string, request: ChatRequest) => {
    const dialect = mistral?.dialectOf?.(name) ?? mistral?.dialect;
    await dialect?.load?.();
    return dialect?.writeRequest(request, { model: name, stream: true });
  };

  test("gets back what its model thought, where it thought it", async () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm." },
          { type: "text", text: "Hello" },
        ],
      },
      { role: "user", content: "And now?" },
    ];
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm." }], closed: true };
    expect((await write("magistral-small-latest", { messages }))?.body.messages).toEqual([
      messages[0],
      { role: "assistant", content: [thinking, { type: "text", text: "Hello" }] },
      messages[2],
    ]);
  });

  test.each([
    ["mistral-small-latest", "max", "high", true],
    ["mistral-medium-3-5", "none", "none", false],
    ["mistral-small-latest", "high", "high", false],
    ["mistral-large-latest", "high", undefined, true],
  ] as const)("%s is asked for effort %s with %s", async (name, effort, sent, warned) => {
    const wire = await write(name, { ...REQUEST, reasoning: { effort } });
    expect(wire?.body.reasoning_effort).toBe(sent);
    expect(wire?.warnings.map(({ field }) => field)).toEqual(warned ? ["reasoning.effort"] : []);
  });
});
