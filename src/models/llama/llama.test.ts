import { afterAll, describe, expect, test } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { textOfEvents } from "../../../test/laws/summary.js";
import { collect } from "../../../test/support/collect.js";
import { hasLlama, TinyModels } from "../../../test/support/tiny-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { type LlamaModel, llama } from "./llama.js";

const HI: ChatRequest = { messages: [{ role: "user", content: "Hi, ünï 漢字 🙂" }] };
const models = new TinyModels();
const open: LlamaModel[] = [];

/** A model that is disposed of at the end. */
const use = (file: string, options?: Parameters<typeof llama>[1]): LlamaModel => {
  const model = llama(file, options);
  open.push(model);
  return model;
};

afterAll(async () => {
  await Promise.all(open.map((model) => model.dispose()));
  models.remove();
});

describe.skipIf(!hasLlama())("a GGUF file in this process", () => {
  const random = models.write("random");

  modelLaws("a random model in process", () => {
    // With one place, the next answer begins only once the one before is closed.
    const model = use(random, { parallel: 1 });
    const request = { ...HI, temperature: 0, maxTokens: 24 };
    return { model, request, upstreamClosed: () => model.stream(request).fullText };
  });

  test("tells length and counts tokens", async () => {
    const { events, usage } = await ask(use(random), { ...HI, temperature: 0, maxTokens: 10 });
    expect(events[0]).toMatchObject({ type: "start", model: "random.gguf" });
    expect(events[1]).toMatchObject({ type: "usage", usage: { inputTokens: usage.inputTokens } });
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length", usage: { outputTokens: 10 } });
    expect(usage.inputTokens).toBeGreaterThan(10);
  });

  test("the same seed says the same, another seed something else", async () => {
    const say = async (seed: number) => (await ask(use(random), { ...HI, temperature: 1, seed, maxTokens: 30 })).text;
    const [first, again, other] = [await say(7), await say(7), await say(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

async function ask(model: LlamaModel, request: ChatRequest) {
  const stream = model.stream(request);
  const events = await collect(stream);
  return { events, text: textOfEvents(events), usage: await stream.usage, reason: await stream.finishReason };
}
