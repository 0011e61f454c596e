import { expect, test } from "vitest";
import { anthropicCalling } from "../dialects/anthropic/anthropic-calling.js";
import type { CallingDialect } from "../dialects/dialect.js";
import { geminiCalling } from "../dialects/gemini/gemini-calling.js";
import { ollamaCalling } from "../dialects/ollama/ollama-calling.js";
import { openAiChatCalling } from "../dialects/openai-chat/openai-chat-calling.js";
import { openAiResponsesCalling } from "../dialects/openai-responses/openai-responses-calling.js";
import { SluiceError } from "../stream/error.js";
import { CALLED_DIALECTS } from "./called-dialects.js";
import { fetchTransport } from "./http/fetch-transport.js";
import { httpModel } from "./http/http-model.js";
import { loadedLater } from "./loaded-later.js";

const KNOWN = { name: "openai-chat", framing: "sse" } as const;
const ANSWER = `data: {"id":"1","model":"m","choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;

function modelThat(load: () => Promise<ReturnType<typeof openAiChatCalling>>) {
  let sent = 0;
  const transport = fetchTransport({
    fetch: async () => {
      sent++;
      return new Response(ANSWER, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const dialect = loadedLater(KNOWN, load);
  const model = httpModel({
    id: "a/m",
    model: "m",
    dialect,
    baseUrl: "http://127.0.0.1:9",
    transport,
    retry: { retries: 0 },
  });
  return { model, sent: () => sent };
}

const HI = { messages: [{ role: "user", content: "Hi" }] } as const;

test("is loaded once, at the first call that is read", async () => {
  let loads = 0;
  const { model, sent } = modelThat(async () => {
    loads++;
    return openAiChatCalling({});
  });
  const answer = model.stream({ messages: [...HI.messages] });
  expect([loads, sent()]).toEqual([0, 0]);
  expect(await answer.fullText).toBe("Hello");
  expect(await model.stream({ messages: [...HI.messages] }).fullText).toBe("Hello");
  expect([loads, sent()]).toEqual([1, 2]);
});

test("a load that fails is a typed error, and the next call tries again", async () => {
  let loads = 0;
  const { model } = modelThat(async () => {
    if (loads++ === 0) throw new TypeError("Failed to fetch dynamically imported module");
    return openAiChatCalling({});
  });
  const failed = await model.stream({ messages: [...HI.messages] }).fullText.catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(SluiceError);
  expect(failed).toMatchObject({ code: "connect-failed", retryable: true });
  expect(await model.stream({ messages: [...HI.messages] }).fullText).toBe("Hello");
});

test("a reader who leaves while it is loaded sends nothing", async () => {
  const { model, sent } = modelThat(async () => openAiChatCalling({}));
  const answer = model.stream({ messages: [...HI.messages] });
  const reading = answer.fullText;
  answer.cancel();
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  expect(sent()).toBe(0);
});

test("what is known of a protocol before it is loaded is what it says itself", async () => {
  const facts = ({ name, framing, optionNames = [name] }: CallingDialect) => [name, framing, new Set(optionNames)];
  const { openAiChat, ...rest } = CALLED_DIALECTS;
  const pairs: [CallingDialect, CallingDialect][] = [
    [openAiChat({ optionsFrom: ["groq"] }), openAiChatCalling({ optionsFrom: ["groq"] })],
    [rest.anthropic, anthropicCalling],
    [rest.gemini, geminiCalling],
    [rest.ollama, ollamaCalling],
    [rest.openAiResponses, openAiResponsesCalling],
  ];
  expect(pairs).toHaveLength(1 + Object.keys(rest).length);
  for (const [later, dialect] of pairs) {
    expect(facts(later)).toEqual(facts(dialect));
    await later.load?.();
    expect(later.reader().push).toBeTypeOf("function");
  }
});
