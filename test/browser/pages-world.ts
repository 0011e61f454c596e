import { splitTokens } from "../../src/base/token-estimate.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ServerOptions } from "../../src/server/server-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { textOf } from "../../src/stream/message.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a model waits for in the middle of its answer: a test sees what is there only meanwhile, however long it takes to look. */
export type Middle = () => Promise<void>;
const AT_ONCE: Middle = () => Promise.resolve();

/** A model that writes a text at a pace, in ms from one token to the next. */
function writing(id: string, text: string, paceMs: number, firstMs: number, middle: Middle) {
  return defineModel({
    id,
    async *stream() {
      await wait(firstMs);
      const tokens = splitTokens(text);
      for (const [index, token] of tokens.entries()) {
        yield { type: "text-delta", text: token } satisfies ChatEvent;
        await (index === tokens.length >> 1 ? middle() : wait(paceMs));
      }
      yield { type: "usage", usage: { inputTokens: 18, outputTokens: tokens.length } };
    },
  });
}

const SLUICES = `A **sluice** is a gate that controls how much water passes. Three parts do the work:

1. the *channel*, which carries the water,
2. the *gate*, raised and lowered by hand or motor,
3. the *sill*, which the gate closes against.

Upstream the level rises until the gate opens; downstream nothing arrives faster than it can be used.`;

const NOTE = "Sluices were first cut in stone along the Nile, and later in timber across the Low Countries.";

/** Says something about what it is asked; refuses the second of three attempts at a doubtful question. */
function researcher(middle: Middle) {
  let doubts = 0;
  return defineModel({
    id: "researcher",
    async *stream({ messages }) {
      const asked = textOf(messages.at(-1) ?? { role: "user", content: "" });
      const failing = asked.includes("disputed") && doubts++ === 0;
      const text = asked.startsWith("Write one text")
        ? SLUICES
        : `${asked.includes("history") ? "History. " : asked.includes("today") ? "Today. " : "Doubts. "}${NOTE}`;
      const tokens = splitTokens(text);
      for (const [index, token] of tokens.entries()) {
        yield { type: "text-delta", text: token } satisfies ChatEvent;
        await (index === tokens.length >> 1 ? middle() : wait(25));
        if (failing && token.includes("Nile"))
          throw new SluiceError("overloaded", "the model is busy", { retryable: true });
      }
      yield { type: "usage", usage: { inputTokens: 30, outputTokens: 60 } };
    },
  });
}

/** Looks at a topic from three sides, one of which is tried twice, asks a person, and writes. */
const RESEARCH = {
  name: "research",
  description: "Looks at a topic from three sides at once, asks a person, and writes one text.",
  inputs: { topic: { type: "string", description: "What it is about" } },
  steps: [
    { id: "history", type: "llm_chat", inputs: { message: "In three sentences: the history of {topic}." } },
    { id: "today", type: "llm_chat", inputs: { message: "In three sentences: {topic} today." } },
    {
      id: "doubts",
      type: "llm_chat",
      retry: { attempts: 3, delay_seconds: 0 },
      inputs: { message: "In three sentences: what is disputed about {topic}?" },
    },
    {
      id: "review",
      type: "human_approval",
      config: { prompt: "Write the text from these notes?", timeout_seconds: 0 },
      inputs: {
        history: { from_step: "history", field: "response" },
        today: { from_step: "today", field: "response" },
        doubts: { from_step: "doubts", field: "response" },
      },
      routes: { approve: "summary", reject: "dropped" },
    },
    {
      id: "summary",
      type: "llm_chat",
      inputs: { message: "Write one text of these notes:\n\n{history}\n\n{today}\n\n{doubts}" },
    },
    {
      id: "text",
      type: "output",
      config: { format: "text" },
      inputs: { text: { from_step: "summary", field: "response" } },
    },
    { id: "dropped", type: "output", config: { format: "text" }, inputs: { message: "Nothing was written." } },
  ],
};

/** Models at different paces, one that fails, a route with breakers, and a workflow. */
export async function pagesWorld(middle = AT_ONCE): Promise<ServerOptions> {
  const services = { models: { "*": researcher(middle) } };
  const failing = defineModel({
    id: "mistral/mistral-small",
    async *stream() {
      await wait(20);
      yield* [];
      throw new SluiceError("overloaded", "the provider has no capacity left", { retryable: true });
    },
  });
  return {
    models: {
      "gpt-5-mini": writing("openai/gpt-5-mini", SLUICES, 9, 120, middle),
      "claude-haiku": writing("anthropic/claude-haiku-4-5", SLUICES, 4, 320, middle),
      llama: writing("ollama/llama3.2", SLUICES, 18, 60, middle),
      "mistral-small": failing,
    },
    routes: { chat: { targets: ["mistral-small", "gpt-5-mini"], breaker: { failures: 3, openMs: 60_000 } } },
    workflows: { research: await loadWorkflow(RESEARCH, services) },
    documents: services,
  };
}
