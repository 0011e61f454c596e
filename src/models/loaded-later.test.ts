import { expect, test } from "vitest";
import { openAiChatCalling } from "../dialects/openai-chat/openai-chat-calling.js";
import { SluiceError } from "../stream/error.js";
import { CALLED_DIALECTS as IN_BROWSERS } from "./called-dialects.browser.js";
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

test("what browsers know of a protocol before they load it is what it says itself", async () => {
  const facts = ({ name, framing, optionNames = [name] }: ReturnType<typeof openAiChatCalling>) => [
    name,
    framing,
    new Set(optionNames),
  ];
  const { openAiChat, ...rest } = CALLED_DIALECTS;
  const { openAiChat: later, ...restLater } = IN_BROWSERS;
  expect(facts(later({ optionsFrom: ["groq"] }))).toEqual(facts(openAiChat({ optionsFrom: ["groq"] })));
  for (const [key, dialect] of Object.entries(rest)) {
    const found = Object.entries(restLater).find(([name]) => name === key)?.[1];
    expect(found && facts(found)).toEqual(facts(dialect));
    await found?.load?.();
    expect(found?.reader().push).toBeTypeOf("function");
  }
});
