import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { textOfEvents } from "../../../test/laws/summary.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { hasLlama, TinyModels } from "../../../test/support/tiny-model.js";
import { systemClock } from "../../base/clock.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { model as modelOfName } from "../named-model.js";
import { planAnswer } from "./answer-plan.js";
import { type LlamaModel, type LlamaOptions, llama } from "./llama.js";
import { LlamaSource } from "./llama-source.js";
import { holdModel, releaseModel } from "./loaded-model.js";

const HI: ChatRequest = { messages: [{ role: "user", content: "Hi, ünï 漢字 🙂" }] };
/** A form with a place for what the model thinks, as reasoning models have it. */
const THINKING_TEMPLATE =
  "{% for m in messages %}{{ '<|' + m['role'] + '|>' }}" +
  "{% if m['reasoning_content'] %}{{ '<think>' + m['reasoning_content'] + '</think>' }}{% endif %}" +
  "{{ m['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

const models = new TinyModels();
const opened: LlamaModel[] = [];
/** A model that is disposed of at the end. */
const use = (file: string, options?: LlamaOptions): LlamaModel => {
  const model = llama(file, options);
  opened.push(model);
  return model;
};
/** A model that says these tokens whatever it is asked. Without a template it is loaded sooner. */
const saying = (name: string, ...says: string[]) => models.write(name, { says, chatTemplate: false });

afterAll(async () => {
  await Promise.all(opened.map((model) => model.dispose()));
  models.remove();
});

async function ask(model: LlamaModel, request: ChatRequest = HI) {
  const stream = model.stream(request);
  const events = await collect(stream);
  return { events, text: textOfEvents(events), usage: await stream.usage, reason: await stream.finishReason };
}

describe.skipIf(!hasLlama())("a GGUF file in this process", () => {
  const random = models.write("random", { contextLength: 4_096, chatTemplate: false });
  const hello = saying("hello", "Hello", ",", "▁wor", "ld", "<0xE2>", "<0x82>", "<0xAC>", "!");

  modelLaws("a random model in process", () => {
    // With one place, the next answer begins only once the one before is closed.
    const model = use(random, { parallel: 1 });
    const request = { ...HI, temperature: 0, maxTokens: 24 };
    return { model, request, upstreamClosed: () => model.stream(request).fullText };
  });

  test("streams each token, and a character of several tokens once it is whole", async () => {
    const { events, usage, reason } = await ask(use(hello));
    const deltas = events.filter((event) => event.type === "text-delta").map(({ text }) => text);
    expect(deltas).toEqual(["Hello", ",", " wor", "ld", "€", "!"]);
    expect(events[0]).toMatchObject({ type: "start", model: "hello.gguf" });
    expect(events[1]).toEqual({ type: "usage", usage: { inputTokens: usage.inputTokens, cacheReadTokens: 0 } });
    expect(usage.outputTokens).toBe(8);
    expect(reason).toBe("stop");
  });

  test("counts the tokens of a prompt, and those it need not read again", async () => {
    const model = use(random);
    const request: ChatRequest = { ...HI, temperature: 0, maxTokens: 10 };
    const first = await ask(model, request);
    expect(first).toMatchObject({ reason: "length", usage: { outputTokens: 10 } });
    const more = { ...request, messages: [...HI.messages, { role: "assistant" as const, content: first.text }] };
    const { usage } = await ask(model, { ...more, messages: [...more.messages, { role: "user", content: "And?" }] });
    expect(usage.inputTokens).toBeGreaterThan(first.usage.inputTokens ?? 0);
    // All but the token that is computed anew to begin with.
    expect(usage.cacheReadTokens).toBeGreaterThanOrEqual((first.usage.inputTokens ?? 0) - 1);
  });

  test("says what was spent to a reader who leaves", async () => {
    const stream = use(random).stream({ ...HI, temperature: 0, maxTokens: 50 });
    let deltas = 0;
    for await (const { type } of stream) if (type === "text-delta" && ++deltas === 3) break;
    const { inputTokens = 0, outputTokens = 0 } = await stream.usage;
    expect(inputTokens).toBeGreaterThan(0);
    expect(outputTokens).toBeGreaterThanOrEqual(2);
    expect(outputTokens).toBeLessThan(50);
  });

  test("generates no token that nobody waits for", async () => {
    const path = models.write("paced", { chatTemplate: false });
    const source = new LlamaSource(planAnswer({ ...HI, temperature: 0, stop: ["never"] }), {
      name: "paced",
      hold: () => holdModel(path),
      contexts: { contextSize: 512, threads: 1, parallel: 1 },
      streaming: true,
      totalTimeoutMs: Number.POSITIVE_INFINITY,
      clock: systemClock,
    });
    const onToken = vi.spyOn(source, "onToken");
    await source.next();
    const generated = onToken.mock.calls.length;
    // In the time of a whole answer nothing more is generated.
    await ask(use(hello));
    expect(onToken).toHaveBeenCalledTimes(generated);
    await source.next();
    expect(onToken.mock.calls.length).toBeGreaterThan(generated);
    source.cancel("enough");
    await releaseModel(path);
  });

  test("says the same with the same seed, and something else with another", async () => {
    const say = async (seed: number) => (await ask(use(random), { ...HI, temperature: 1, seed, maxTokens: 30 })).text;
    const [first, again, other] = [await say(7), await say(7), await say(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test("ends before a stop sequence that lies across tokens", async () => {
    const model = use(hello);
    const stopped = await ask(model, { ...HI, stop: ["never", ", world"] });
    expect(stopped).toMatchObject({ text: "Hello", reason: "stop", usage: { outputTokens: 4 } });
    // What only began like one is part of the answer.
    expect(await ask(model, { ...HI, stop: ["world?"], maxTokens: 4 })).toMatchObject({
      text: "Hello, world",
      reason: "length",
    });
  });

  test("shows what the model thinks apart from what it says", async () => {
    const says = ["<think>", "Hm", "m", "</think>", "Answer"];
    const model = use(models.write("thinking", { says, chatTemplate: THINKING_TEMPLATE }));
    const { events, text, usage } = await ask(model);
    const thought = events.flatMap((event) => (event.type === "reasoning-delta" ? [event.text] : []));
    expect(thought.join("")).toBe("Hmm");
    expect(text).toBe("Answer");
    expect(usage.reasoningTokens).toBeGreaterThanOrEqual(2);
    expect(usage.reasoningTokens).toBeLessThan(usage.outputTokens ?? 0);
  });

  test.each([1, 2, 3])("holds a random model to a schema (seed %i)", async (seed) => {
    const schema = {
      type: "object",
      properties: {
        sure: { type: "boolean" },
        unit: { enum: ["°C", "°F"] },
        both: { type: "array", items: { type: "boolean" }, minItems: 2, maxItems: 2 },
      },
    };
    const responseFormat = { type: "json-schema" as const, name: "answer", schema };
    const { text, events } = await ask(use(random), { ...HI, seed, maxTokens: 400, responseFormat });
    expect(JSON.parse(text)).toEqual({
      sure: expect.any(Boolean),
      unit: expect.stringMatching(/^°[CF]$/),
      both: [expect.any(Boolean), expect.any(Boolean)],
    });
    expect(events[0]).not.toHaveProperty("warnings");
  });

  test("calls a tool with arguments that fit its schema, as they are written", async () => {
    const model = use(models.write("calling", { says: ["||call: "], chatTemplate: false, contextLength: 4_096 }));
    const inputSchema = { type: "object", properties: { unit: { enum: ["celsius"] } } };
    const { events, reason } = await ask(model, {
      ...HI,
      temperature: 0,
      tools: [{ name: "weather", description: "The weather.", inputSchema }],
    });
    const call = events.find((event) => event.type === "tool-call");
    expect(call).toEqual({
      type: "tool-call",
      callId: expect.stringMatching(/^call_/),
      name: "weather",
      input: { unit: "celsius" },
    });
    const written = events.flatMap((event) => (event.type === "tool-input-delta" ? [event] : []));
    expect(new Set(written.map(({ callId }) => callId))).toEqual(new Set([call?.type === "tool-call" && call.callId]));
    expect(JSON.parse(written.map(({ delta }) => delta).join(""))).toEqual({ unit: "celsius" });
    expect(reason).toBe("tool-calls");
  });

  test("goes on from the beginning of an answer", async () => {
    const messages: ChatRequest["messages"] = [...HI.messages, { role: "assistant", content: "ab" }];
    expect((await ask(use(saying("letters", "a", "b", "c", "d")), { messages })).text).toBe("cd");
  });

  test("answers several at once, and the others in turn", async () => {
    const model = use(random, { parallel: 2 });
    const request = { ...HI, temperature: 0, maxTokens: 12 };
    const held = model.stream(request)[Symbol.asyncIterator]();
    await held.next();
    const texts = await Promise.all([1, 2, 3].map(() => model.stream(request).fullText));
    expect(new Set(texts).size).toBe(1);
    await held.return?.();
  });

  test("refuses a prompt that does not fit, and ends an answer where its context does", async () => {
    const model = use(random, { contextSize: 256 });
    const long = { ...HI, messages: [{ role: "user" as const, content: "漢".repeat(200) }] };
    await expect(model.stream(long).fullText).rejects.toMatchObject({ code: "context-length", field: "messages" });
    const { usage, reason } = await ask(model, { ...HI, temperature: 0 });
    expect(reason).toBe("length");
    expect((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)).toBeLessThanOrEqual(256);
  });

  test("gives the whole answer at once where that is asked for, and says so", async () => {
    const stream = use(hello).stream(HI, { streaming: false });
    const batch = await stream.batches().next();
    expect(batch?.[0]).toMatchObject({ type: "start", simulated: true });
    expect(batch?.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("has a limit on the whole time", async () => {
    const clock = new ManualClock();
    const stream = use(random, { clock }).stream({ ...HI, maxTokens: 50 }, { timeouts: { totalMs: 100 } });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    clock.advance(101);
    const end = async () => {
      while (!(await reader.next()).done);
    };
    await expect(end()).rejects.toMatchObject({ code: "total-timeout" });
  });

  test("shares the weights of a file; disposing ends what runs, and a later call loads it again", async () => {
    const path = models.write("shared", { chatTemplate: false });
    const [one, other] = [llama(path), llama(path)];
    const request = { ...HI, temperature: 0, maxTokens: 12 };
    const text = await one.stream(request).fullText;
    const reader = other.stream(request)[Symbol.asyncIterator]();
    await reader.next();
    const [weights, again] = [holdModel(path), holdModel(path)];
    expect(weights).toBe(again);
    await Promise.all([releaseModel(path), releaseModel(path), one.dispose()]);
    // The other still holds it.
    expect((await reader.next()).done).toBe(false);
    await other.dispose();
    const end = async () => {
      while (!(await reader.next()).done);
    };
    await expect(end()).rejects.toMatchObject({ code: "cancelled" });
    expect(await one.stream(request).fullText).toBe(text);
    await one.dispose();
  });

  test("says what is wrong with a file", async () => {
    const files = { "page.gguf": "<html>", "empty.gguf": "", "cut.gguf": "GGUF\x03\0\0\0" };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(models.folder, name), content);
    const failure = async (file: string) => {
      const error = await llama(join(models.folder, file))
        .stream(HI)
        .fullText.catch((thrown: Error) => thrown);
      return `${Reflect.get(error as object, "code")}: ${String(error).replaceAll(models.folder, "")}`;
    };
    expect(await failure("none.gguf")).toMatch(/^not-found: .*\/none\.gguf: found no such file; allowed: a GGUF file/);
    expect(await failure(".")).toMatch(/^not-found: .*found a folder/);
    expect(await failure("page.gguf")).toMatch(/^invalid-argument: .*begins with "<htm"/);
    expect(await failure("empty.gguf")).toMatch(/^invalid-argument: .*an empty file/);
    expect(await failure("cut.gguf")).toMatch(
      /^invalid-argument: .*\/cut\.gguf: found a GGUF file that ends within its header/,
    );
  });

  test("is found by its name, absolute or relative", async () => {
    for (const file of [hello, relative(process.cwd(), hello)]) {
      const model = modelOfName(`llama/${file}`, { env: {} });
      opened.push(model as LlamaModel);
      expect(model.id).toBe(`llama/${file}`);
      expect(await model.stream(HI).fullText).toBe("Hello, world€!");
    }
  });
});

test("refuses settings that are none", () => {
  expect(() => llama("")).toThrow(expect.objectContaining({ field: "file" }));
  expect(() => llama("a.gguf", { threads: 0 })).toThrow(expect.objectContaining({ field: "threads" }));
  expect(() => llama("a.gguf", { parallel: 1.5 })).toThrow(expect.objectContaining({ field: "parallel" }));
  expect(() => llama("a.gguf", { contextSize: -1 })).toThrow(expect.objectContaining({ field: "contextSize" }));
  expect(() => llama("a.gguf", { env: { SLUICE_LLAMA_THREADS: "all" } })).toThrow('SLUICE_LLAMA_THREADS: found "all"');
  expect(() => modelOfName("llama/a.gguf", { apiKey: "k" })).toThrow(expect.objectContaining({ field: "apiKey" }));
  expect(() => modelOfName("llama/")).toThrow(expect.objectContaining({ code: "unknown-model" }));
});
