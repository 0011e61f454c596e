import { describe, expect, test } from "vitest";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { writeWire } from "../laws/dialect-laws.js";
import { call, readFrames } from "./read-frames.js";
import { sentBack } from "./sent-back.js";

/** What users of other libraries reported in 2026, but where a year is named. Each names where. */
describe("events of Responses as servers really send them", () => {
  const created = { type: "response.created", response: { id: "r", model: "m" } };
  const completed = (...output: object[]) => ({
    type: "response.completed",
    response: { id: "r", model: "m", status: "completed", output },
  });

  test.each<[string, object[], unknown[]]>([
    [
      "thoughts as reasoning_text (pydantic/pydantic-ai#6305)",
      [
        created,
        { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs", summary: [] } },
        { type: "response.reasoning_text.delta", item_id: "rs", output_index: 0, content_index: 0, delta: "I " },
        { type: "response.reasoning_text.delta", item_id: "rs", output_index: 0, content_index: 0, delta: "think." },
        completed(),
      ],
      [expect.objectContaining({ type: "reasoning", text: "I think." })],
    ],
    [
      "a call without the id of an item (anomalyco/opencode#45081)",
      [
        created,
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { type: "function_call", call_id: "a", name: "f", arguments: '{"at":1}' },
        },
        completed(),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "a call whose name and id come at its end (HEXUXIU/M365-Copilot2API#77)",
      [
        created,
        {
          type: "response.output_item.added",
          output_index: 0,
          item: { type: "function_call", id: "fc", call_id: "", name: "", arguments: "" },
        },
        { type: "response.function_call_arguments.delta", item_id: "fc", output_index: 0, delta: '{"at":1}' },
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { type: "function_call", id: "fc", call_id: "a", name: "f", arguments: '{"at":1}' },
        },
        completed(),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "arguments that name their call and not their item (lidge-jun/opencodex#1361)",
      [
        created,
        {
          type: "response.output_item.added",
          item: { type: "function_call", id: "fc", call_id: "a", name: "f", arguments: "" },
        },
        { type: "response.function_call_arguments.delta", call_id: "a", delta: '{"at":' },
        { type: "response.function_call_arguments.delta", call_id: "a", delta: "1}" },
        completed({ type: "function_call", id: "fc", call_id: "a", name: "f", arguments: '{"at":1}' }),
      ],
      [call("a", "f", { at: 1 })],
    ],
    [
      "the whole output at the end alone (NVIDIA-NeMo/Switchyard#777)",
      [
        created,
        completed({ type: "message", id: "msg", role: "assistant", content: [{ type: "output_text", text: "Hello" }] }),
      ],
      [expect.objectContaining({ type: "text", text: "Hello" })],
    ],
  ])("%s", (_, frames, parts) => {
    const answer = readFrames(openAiResponses, frames);
    expect(answer.error).toBeUndefined();
    expect(answer.parts).toEqual(parts);
  });

  test.each(["cancelled", "canceled"])("one that somebody %s is no answer (Wei-Shaw/sub2api#6923)", (word) => {
    const response = { id: "r", object: "response", model: "m", status: word, output: [] };
    const text = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" };
    const { error, parts } = readFrames(openAiResponses, [created, text, { type: `response.${word}`, response }]);
    expect(error).toMatchObject({ code: "cancelled", retryable: false });
    expect(parts).toEqual([{ type: "text", text: "Hi" }]);
    expect(() => openAiResponses.readBody(response)).toThrow(/cancelled/);
  });

  test("a compaction and nothing else is an answer, and goes back (ding113/claude-code-hub#1398, looplj/axonhub#2041, diegosouzapw/OmniRoute#11041, anomalyco/opencode#43708)", () => {
    for (const type of ["compaction", "compaction_summary"]) {
      const item = { type, id: "cmp_1", encrypted_content: "abc" };
      const done = { type: "response.output_item.done", output_index: 0, item };
      const { parts, reason } = readFrames(openAiResponses, [created, done, completed(item)]);
      expect(reason).toBe("stop");
      expect(sentBack(openAiResponses, parts).input).toMatchObject([{}, item, {}]);
    }
  });

  test("annotations that come in a part of their own or with the whole item (0xPlaygrounds/rig#2539, microsoft/agent-framework#5071, laravel/ai#910)", () => {
    const annotation = { type: "url_citation", url: "https://a.b", title: "A", start_index: 0, end_index: 2 };
    const item = { type: "message", id: "msg", role: "assistant", content: [] as object[] };
    const begin = [
      created,
      { type: "response.output_item.added", output_index: 0, item },
      { type: "response.output_text.delta", item_id: "msg", output_index: 0, content_index: 0, delta: "Hi" },
    ];
    const whole = { ...item, content: [{ type: "output_text", text: "Hi", annotations: [annotation] }] };
    const ends = [
      { type: "response.output_text.annotation.added", item_id: "msg", output_index: 0, content_index: 0, annotation },
      { type: "response.output_item.done", output_index: 0, item: whole },
    ];
    for (const end of ends) {
      const { parts } = readFrames(openAiResponses, [...begin, end, completed()]);
      expect(parts).toEqual([
        { type: "text", text: "Hi" },
        {
          type: "source",
          source: { kind: "url", url: "https://a.b", title: "A", span: { start: 0, end: 2 } },
        },
      ]);
    }
  });

  test("two hundred pieces of a summary are one thought (langchain-ai/langchainjs#10684)", () => {
    const pieces = Array.from({ length: 200 }, (_, index) => ({
      type: "response.reasoning_summary_text.delta",
      item_id: "rs",
      output_index: 0,
      summary_index: 0,
      delta: `${index} `,
    }));
    const { parts } = readFrames(openAiResponses, [
      created,
      { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", id: "rs", summary: [] } },
      ...pieces,
      completed(),
    ]);
    expect(parts.filter(({ type }) => type === "reasoning")).toHaveLength(1);
  });

  test("each item that is served is announced, has one id and a place of its own (BerriAI/litellm#36375, Oaklight/llm-rosetta#86, Wei-Shaw/sub2api#2875)", () => {
    const events: ChatEvent[] = [
      { type: "start", id: "x", model: "m" },
      { type: "reasoning-delta", text: "Hm." },
      { type: "text-delta", text: "I look." },
      { type: "tool-input-delta", callId: "a", name: "f", delta: "{}" },
      { type: "tool-call", callId: "a", name: "f", input: {} },
      { type: "finish", reason: "tool-calls", usage: {} },
    ];
    const wire = new TextDecoder().decode(
      writeWire(openAiResponses, events, { model: "m", request: { messages: [{ role: "user", content: "Hi" }] } }),
    );
    const frames = [...wire.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
    const added = frames.filter(({ type }) => type === "response.output_item.added");
    expect(added.map(({ output_index: place }) => place)).toEqual([0, 1, 2]);
    const ids: string[] = added.map(({ item }) => item.id);
    expect(new Set(ids).size).toBe(3);
    for (const { item_id: id, output_index: place } of frames) if (id !== undefined) expect(ids[place]).toBe(id);
    expect(frames.at(-1).response.output.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(frames.some(({ type }) => type === "response.content_part.added")).toBe(true);
  });
});
