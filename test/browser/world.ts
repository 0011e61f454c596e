import { splitTokens } from "../../src/base/token-estimate.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ServerOptions } from "../../src/server/server-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { type ChatMessage, textOf } from "../../src/stream/message.js";
import { asTool } from "../../src/tools/as-tool.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { EVERYTHING } from "./everything.js";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What was last said by the user. */
function asked(messages: readonly ChatMessage[]): string {
  const last = messages.findLast(({ role }) => role === "user");
  return last === undefined ? "" : textOf(last);
}

function texts(text: string): ChatEvent[] {
  return splitTokens(text).map((token) => ({ type: "text-delta", text: token }));
}

/** Shows all that Markdown can do, and cites. */
function writer(pauseMs: number): ChatModel {
  return defineModel({
    id: "openai/gpt-5-mini",
    async *stream() {
      for (const text of splitTokens(
        "The user wants to see all of Markdown. I will show each kind once, and keep it short.",
      )) {
        yield { type: "reasoning-delta", text };
        await wait(pauseMs);
      }
      const events = texts(EVERYTHING);
      for (const event of events) {
        yield event;
        if (pauseMs > 0) await wait(pauseMs);
      }
      yield {
        type: "source",
        source: { kind: "url", url: "https://spec.commonmark.org/0.31.2/", title: "CommonMark" },
      };
      yield {
        type: "source",
        source: { kind: "url", url: "https://github.github.com/gfm/", title: "GitHub Flavored Markdown" },
      };
      yield { type: "usage", usage: { inputTokens: 42, outputTokens: events.length } };
    },
  });
}

/** Says one text in one go. */
export function saying(text: string | ((messages: readonly ChatMessage[]) => string)): ChatModel {
  return defineModel({
    id: "saying",
    async *stream({ messages }) {
      const said = typeof text === "string" ? text : text(messages);
      for (const event of texts(said)) yield event;
      yield { type: "usage", usage: { inputTokens: 5, outputTokens: 7 } };
    },
  });
}

/** An agent with tools: one that runs, one that needs approval, one that asks, and one that is an agent itself. */
function desk(): ChatModel {
  const poet = defineModel({
    id: "poet",
    async *stream() {
      yield { type: "reasoning-delta", text: "Rain. Four lines are enough." };
      for (const event of texts("Rain writes on the window,\nand the window reads it back.")) yield event;
      yield { type: "usage", usage: { inputTokens: 12, outputTokens: 14 } };
    },
  });
  const tools = [
    tool({
      name: "weather",
      description: "The weather of a city.",
      input: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      run: ({ city }) => ({ city, sky: "light rain", celsius: 7 }),
    }),
    tool({
      name: "pay",
      description: "Pays a bill.",
      input: {
        type: "object",
        properties: { to: { type: "string" }, amount: { type: "number" } },
        required: ["to", "amount"],
      },
      approval: true,
      run: ({ to, amount }) => `Paid ${amount} to ${to}.`,
    }),
    tool({
      name: "book",
      description: "Books a table.",
      input: { type: "object", properties: {} },
      run: async (_, { ask }) => {
        const answer = await ask({
          message: "For whom is the table?",
          schema: {
            type: "object",
            properties: {
              name: { type: "string", minLength: 1 },
              guests: { type: "integer", minimum: 1, maximum: 12, default: 2 },
              seat: { enum: ["window", "garden"], default: "window" },
              quiet: { type: "boolean", title: "A quiet place, please" },
            },
            required: ["name", "guests", "seat"],
          },
        });
        return { booked: answer };
      },
    }),
    asTool(poet, { name: "poet", description: "Writes verse." }),
  ];
  const model = defineModel({
    id: "openai/gpt-5-mini",
    capabilities: { streaming: true, tools: true },
    async *stream({ messages }) {
      const last = messages.at(-1);
      if (last?.role === "tool") {
        const results = last.content.map((part) => (part.type === "tool-result" ? JSON.stringify(part.output) : ""));
        for (const event of texts(`Here is what I found: ${results.join(" ")}`)) yield event;
      } else {
        const text = asked(messages);
        yield { type: "reasoning-delta", text: "I need a tool for this." };
        for (const event of texts("Let me see.")) yield event;
        for (const { name, input } of callsFor(text)) {
          const callId = `call_${name}_${messages.length}`;
          for (const delta of splitTokens(JSON.stringify(input)))
            yield { type: "tool-input-delta", callId, name, delta };
          yield { type: "tool-call", callId, name, input };
        }
      }
      yield { type: "usage", usage: { inputTokens: 30, outputTokens: 20 } };
    },
  });
  return withTools(model, tools);
}

function callsFor(text: string) {
  const calls = [
    { name: "weather", input: { city: "Oslo" } },
    { name: "pay", input: { to: "Anna's Bakery", amount: 42.5 } },
    { name: "book", input: {} },
    { name: "poet", input: { prompt: "Four lines about rain." } },
  ];
  return calls.filter(({ name }) => text.toLowerCase().includes(name));
}

/** A model that waits in the middle of its answer until it is let go on. */
export function waiting(
  gate: () => Promise<void>,
  left: () => void = () => {},
  asked: () => void = () => {},
): ChatModel {
  return defineModel({
    id: "waiting",
    async *stream(_, { signal }) {
      asked();
      signal.addEventListener("abort", left, { once: true });
      for (const event of texts("The first half stands here. ")) yield event;
      await gate();
      for (const event of texts("And here is the second half.")) yield event;
      yield { type: "usage", usage: { inputTokens: 5, outputTokens: 12 } };
    },
  });
}

/** What people meet when they look at the app, without any service. */
export function usualWorld(pauseMs = 5): ServerOptions {
  return {
    models: { "gpt-5-mini": writer(pauseMs), "small-model": saying("**Briefly:** yes.") },
    agents: { desk: desk() },
  };
}
