import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { Voice } from "../../src/speech/voices/voice.js";
import { SluiceError } from "../../src/stream/error.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import { StreamBuffer, type StreamBufferSettings } from "../../src/workflows/run/stream-buffer.js";
import type { StepType } from "../../src/workflows/steps/step-type.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { ManualClock } from "../support/manual-clock.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-streams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A voice that makes a byte for each character. */
const voice: Voice = {
  id: "bytes",
  format: { mediaType: "audio/pcm", sampleRate: 8_000 },
  concurrency: 1,
  maxChars: 1_000,
  async *synthesize(text) {
    yield { data: new Uint8Array(2 * text.length) };
  },
};

test("a text is spoken while another step still writes it", async () => {
  const heard = deferred();
  const model = defineModel({
    id: "slow",
    async *stream() {
      yield "The first sentence is here. And now ";
      await heard.promise;
      yield "the second one is.";
    },
  });
  const steps = [
    { id: "chat", type: "llm_chat", inputs: { message: "Speak" } },
    {
      id: "tts",
      type: "tts",
      config: { output_path: "out.mp3" },
      inputs: { text: { from_step: "chat", field: "response" } },
    },
  ];
  const workflow = await loadWorkflow({ steps }, { model, folder, voices: { default: voice } });
  const run = workflow.run();
  for await (const event of run.stream) {
    // Without sound on the way the model would wait for ever.
    if (event.type === "nested" && event.from === "tts" && event.event.type === "audio-delta") heard.resolve();
  }
  const { results } = await run.result;
  expect(results.tts).toMatchObject({
    text: "The first sentence is here. And now the second one is.",
    voice_used: "bytes",
  });
  const file = readFileSync(String(results.tts?.audio_file_path));
  expect([file.subarray(0, 4).toString(), String(results.tts?.audio_file_path).endsWith("out.wav")]).toEqual([
    "RIFF",
    true,
  ]);
});

test("a second attempt is an inner stream of its own, and the answer begins anew", async () => {
  const broken = new SluiceError("overloaded", "later", { retryable: true });
  const model = scripted([["Half", { throw: broken }], ["Whole."]]);
  const step = { id: "chat", type: "llm_chat", inputs: { message: "Hi" }, retry: { attempts: 2, delay_seconds: 0 } };
  const run = (await loadWorkflow({ steps: [step] }, { model })).run();
  const events = await collect(run.stream);
  const seen = events.flatMap((event) =>
    event.type === "nested" ? [`${event.attempt ?? 1} ${event.event.type}`] : [],
  );
  const said = events.filter(({ type }) => type === "text-delta" || type === "retract").map(({ type }) => type);
  expect(seen).toEqual(["1 start", "1 text-delta", "1 retract", "2 start", "2 text-delta", "2 finish"]);
  expect(said).toEqual(["text-delta", "retract", "text-delta"]);
  expect(await run.stream.fullText).toBe("Whole.");
});

test("a service that asks for a longer wait than a minute fails the step, and its error says when to come back", async () => {
  const hour = new SluiceError("rate-limited", "later", { retryable: true, retryAfterMs: 3_600_000 });
  const soon = new SluiceError("rate-limited", "soon", { retryable: true, retryAfterMs: 1 });
  const model = scripted([[{ throw: soon }], [{ throw: hour }], ["never"]]);
  const step = { id: "chat", type: "llm_chat", inputs: { message: "Hi" }, retry: { attempts: 3, delay_seconds: 0 } };
  const run = (await loadWorkflow({ steps: [step] }, { model })).run();
  await expect(run.result).rejects.toMatchObject({ code: "rate-limited", retryAfterMs: 3_600_000 });
});

test("an attempt that fails behind whole answers is void, and the next one reads as many again", async () => {
  const model = scripted([["a"], ["b"], ["c"], ["d"]]);
  const twice: StepType = {
    type: "twice",
    about: "Reads two answers, and fails the first time.",
    inputs: {},
    results: { text: "What they said." },
    main: "text",
    async run(context) {
      const ask = () => context.read(context.model().stream({ messages: [{ role: "user", content: "Hi" }] }));
      const text = (await ask()).text + (await ask()).text;
      if (context.attempt === 1) throw new Error("broken");
      return { text };
    },
  };
  const step = { id: "two", type: "twice", retry: { attempts: 2, delay_seconds: 0 } };
  const run = (await loadWorkflow({ steps: [step] }, { model, stepTypes: [twice] })).run();
  const events = await collect(run.stream);
  const seen = events.flatMap((event) =>
    event.type === "nested" && event.event.type !== "start" && event.event.type !== "finish"
      ? [`${event.attempt ?? 1} ${event.event.type === "text-delta" ? event.event.text : event.event.type}`]
      : [],
  );
  expect(seen).toEqual(["1 a", "1 b", "1 retract", "2 c", "2 d"]);
  expect(await run.stream.fullText).toBe("cd");
});

test("the answer streams in whichever branch it is, and calls of tools are seen", async () => {
  const echo = tool({ name: "echo", input: { type: "object" }, run: (input) => input });
  const models = {
    a: scripted([["one ", "branch"]]),
    b: scripted([[{ type: "tool-call", callId: "1", name: "echo", input: { x: 1 } }], ["other ", "branch"]]),
  };
  const steps = (way: string) => [
    { id: "way", type: "input", config: { value: way }, routes: { a: "a", b: "b" } },
    { id: "a", type: "llm_chat", config: { model: "a" }, inputs: { message: "x" } },
    { id: "said_a", type: "output", inputs: { text: { from_step: "a", field: "response" } } },
    { id: "b", type: "tool_call", config: { model: "b" }, inputs: { message: "x" } },
    { id: "said_b", type: "output", inputs: { text: { from_step: "b", field: "response" } } },
  ];
  for (const [way, deltas] of [
    ["a", ["one ", "branch"]],
    ["b", ["other ", "branch"]],
  ] as const) {
    const run = (await loadWorkflow({ steps: steps(way) }, { models, tools: [echo] })).run();
    const events = await collect(run.stream);
    expect(events.flatMap((event) => (event.type === "text-delta" ? [event.text] : []))).toEqual(deltas);
    const inner = events.flatMap((event) => (event.type === "nested" ? [event.event.type] : []));
    expect(inner.includes("tool-result")).toBe(way === "b");
  }
});

const settings = fc.record<StreamBufferSettings>({
  forwardOn: fc.constantFrom("sentence", "time", "chunk_size", "word_count", "immediate"),
  maxWaitMs: fc.constantFrom(0, 50, 2_000),
  chunkSize: fc.integer({ min: 1, max: 9 }),
  words: fc.integer({ min: 1, max: 4 }),
  sentences: fc.integer({ min: 1, max: 3 }),
  minLength: fc.integer({ min: 0, max: 12 }),
});
const words = fc.constantFrom("Dr. Smith paid $3.50. ", "- item\n\n", "Hi! ", "no end", " 😀 ", "第一。", "a.b ", "\n");

test("a buffer loses and reorders nothing, whatever it cuts by and whenever its timer fires", () => {
  fc.assert(
    fc.property(settings, fc.array(fc.tuple(words, fc.boolean()), { maxLength: 20 }), (how, pieces) => {
      const clock = new ManualClock();
      const out: string[] = [];
      const buffer = new StreamBuffer(how, clock, (text) => out.push(text));
      for (const [text, pause] of pieces) {
        for (const character of text) buffer.push(character);
        if (pause) clock.advance(3_000);
        // What waited so long went on.
        if (pause && how.maxWaitMs > 0) expect(buffer.stats.buffer_length).toBe(0);
      }
      buffer.flush();
      expect(out.join("")).toBe(pieces.map(([text]) => text).join(""));
      expect(out).not.toContain("");
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("what waits goes on by a timer, also when nothing more arrives", () => {
  const clock = new ManualClock();
  const out: string[] = [];
  const how = { forwardOn: "sentence", maxWaitMs: 500, chunkSize: 1, words: 1, sentences: 1, minLength: 5 } as const;
  const buffer = new StreamBuffer(how, clock, (text) => out.push(text));
  buffer.push("Dr. Smith paid $3.50. He ");
  expect(out).toEqual(["Dr. Smith paid $3.50. "]);
  clock.advance(499);
  expect(out).toHaveLength(1);
  clock.advance(1);
  expect(out).toEqual(["Dr. Smith paid $3.50. ", "He "]);
});

test("what a model thinks in its text is no part of an answer that is heard while it is written", async () => {
  const steps = [
    { id: "chat", type: "llm_chat", config: { stream: true }, inputs: { message: "Think" } },
    { id: "out", type: "output", inputs: { text: { from_step: "chat", field: "response" } } },
  ];
  const says = ["<thi", "nk>Let me ", "see.</think>\n\n", "It is ", "four."];
  const played = async (thinking_tokens_mode: string) => {
    const workflow = await loadWorkflow({ config: { thinking_tokens_mode }, steps }, { model: scripted([says]) });
    const run = workflow.run();
    const events = await collect(run.stream);
    const { results } = await run.result;
    return {
      text: events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join(""),
      thought: events
        .flatMap((event) =>
          event.type === "nested" && event.event.type === "reasoning-delta" ? [event.event.text] : [],
        )
        .join(""),
      chat: results.chat,
    };
  };
  for (const mode of ["auto", "hide", "extract"]) {
    const { text, thought, chat } = await played(mode);
    expect(text).toBe("It is four.");
    expect(thought).toBe("Let me see.");
    expect(chat).toMatchObject({ response: "It is four.", chunks: ["It is ", "four."] });
  }
  expect((await played("extract")).chat).toMatchObject({
    thinking_content: "Let me see.",
    original_response: says.join(""),
  });
  const shown = await played("show");
  expect(shown).toMatchObject({ text: says.join(""), thought: "", chat: { response: says.join("") } });
});

test("no step takes what a model thinks for its answer, and no conversation sends it again", async () => {
  const asked: string[] = [];
  const model = defineModel({
    id: "thinker",
    stream({ messages }) {
      asked.push(messages.map(textOf).join(" | "));
      return ["<think>Is it spam, or not? ", "No.</think> ", asked.length < 3 ? "spam" : "Done."];
    },
  });
  const talk = { use_conversation: true };
  const steps = [
    { id: "kind", type: "condition", config: { condition_prompt: "Which?", route_options: ["spam", "not"] } },
    { id: "first", type: "llm_chat", config: talk, inputs: { message: "{kind.condition_result}?" } },
    { id: "second", type: "llm_chat", config: talk, inputs: { message: "And now, {first.response}" } },
    { id: "out", type: "output", inputs: { text: { from_step: "second", field: "last_response" } } },
  ];
  const { text, results } = await (await loadWorkflow({ steps }, { model })).run().result;
  expect(results.kind).toMatchObject({ condition_result: "spam" });
  expect(text).toBe("Done.");
  expect(asked.at(-1)).toBe("spam? | Done. | And now, Done.");
});
