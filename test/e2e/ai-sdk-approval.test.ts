import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { expect, it } from "vitest";
import { z } from "zod";
import { toAiSdk } from "../../src/models/ai-sdk/to-ai-sdk.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";

/** An agent whose tool waits for somebody's yes, and the model behind it. */
function bookingAgent() {
  const seats: number[] = [];
  const book = tool({
    name: "book",
    description: "Books seats.",
    input: z.object({ seats: z.number() }),
    approval: true,
    run: async (input) => {
      seats.push(input.seats);
      return "booked";
    },
  });
  const inner = scripted([
    ["Booking. ", { type: "tool-call", callId: "c1", name: "book", input: { seats: 2 } }],
    ["Done."],
    ["You are welcome."],
  ]);
  return { agent: withTools(inner, [book]), inner, seats };
}

type Turn = (agent: ChatModel, messages: object[]) => { text: PromiseLike<string>; messages: PromiseLike<object[]> };

/** One turn through `streamText`; the messages are those that it gave before. */
const turns: [string, Turn][] = [
  [
    "ai 6",
    (agent, messages) => {
      const model = toAiSdk(agent, { version: "v3" });
      const result = ai6.streamText({ model, messages: messages as ai6.ModelMessage[] });
      return { text: result.text, messages: result.response.then((response) => response.messages) };
    },
  ],
  [
    "ai 7",
    (agent, messages) => {
      const model = toAiSdk(agent, { version: "v4" });
      const result = ai7.streamText({ model, messages: messages as ai7.ModelMessage[] });
      return { text: result.text, messages: result.response.then((response) => response.messages) };
    },
  ],
  [
    "ai 6, whole",
    (agent, messages) => {
      const model = toAiSdk(agent, { version: "v3" });
      const result = ai6.generateText({ model, messages: messages as ai6.ModelMessage[] });
      return { text: result.then(({ text }) => text), messages: result.then(({ response }) => response.messages) };
    },
  ],
  [
    "ai 7, whole",
    (agent, messages) => {
      const model = toAiSdk(agent, { version: "v4" });
      const result = ai7.generateText({ model, messages: messages as ai7.ModelMessage[] });
      return { text: result.then(({ text }) => text), messages: result.then(({ response }) => response.messages) };
    },
  ],
];

it.each(turns)("an agent's tool waits for a yes that comes through %s", async (_, turn) => {
  for (const approved of [true, false]) {
    const { agent, inner, seats } = bookingAgent();
    const asked = [{ role: "user", content: "Book two seats." }];
    const first = turn(agent, asked);
    expect(await first.text).toBe("Booking. ");
    expect(seats).toEqual([]);
    const said = await first.messages;
    expect(said).toMatchObject([{ content: [{}, {}, { type: "tool-approval-request", approvalId: "c1" }] }]);
    const answer = { type: "tool-approval-response", approvalId: "c1", approved, providerExecuted: true };
    const decided = [...asked, ...said, { role: "tool", content: [answer] }];
    const second = turn(agent, decided);
    expect(await second.text).toBe("Done.");
    expect(seats).toEqual(approved ? [2] : []);
    expect(inner.requests[1]?.messages.at(-1)).toMatchObject({
      role: "tool",
      content: [{ callId: "c1", ...(approved ? { output: "booked" } : { isError: true }) }],
    });
    const third = turn(agent, [...decided, ...(await second.messages), { role: "user", content: "Thanks." }]);
    expect(await third.text).toBe("You are welcome.");
    expect(toolParts(inner.requests[2])).toMatchObject([
      { type: "tool-call", callId: "c1" },
      { type: "tool-result", callId: "c1", ...(approved ? { output: "booked" } : { isError: true }) },
    ]);
    expect(seats).toEqual(approved ? [2] : []);
  }
});

/** As much of a message of `useChat` as is looked at. */
interface Page {
  id: string;
  role: "user" | "assistant";
  parts: { type: string; text?: string; state?: string }[];
}

/** What `useChat` shows of an answer, as it grows; it goes on with the last message where that is the assistant's. */
const pages: [string, (agent: ChatModel, shown: Page[]) => Promise<AsyncIterable<Page>>][] = [
  [
    "ai 6",
    async (agent, shown) => {
      const messages = shown as ai6.UIMessage[];
      const [message] = messages.filter(({ role }) => role === "assistant").slice(-1);
      const model = toAiSdk(agent, { version: "v3" });
      const answer = ai6.streamText({ model, messages: await ai6.convertToModelMessages(messages) });
      const going = messages.at(-1) === message && message !== undefined ? { message } : {};
      return ai6.readUIMessageStream({ stream: answer.toUIMessageStream(), ...going }) as AsyncIterable<Page>;
    },
  ],
  [
    "ai 7",
    async (agent, shown) => {
      const messages = shown as ai7.UIMessage[];
      const [message] = messages.filter(({ role }) => role === "assistant").slice(-1);
      const model = toAiSdk(agent, { version: "v4" });
      const answer = ai7.streamText({ model, messages: await ai7.convertToModelMessages(messages) });
      const going = messages.at(-1) === message && message !== undefined ? { message } : {};
      return ai7.readUIMessageStream({ stream: answer.toUIMessageStream(), ...going }) as AsyncIterable<Page>;
    },
  ],
];

it.each(pages)("and through useChat's messages of %s", async (_, answering) => {
  for (const approved of [true, false]) {
    const { agent, inner, seats } = bookingAgent();
    const shown: Page[] = [{ id: "1", role: "user", parts: [{ type: "text", text: "Book two seats." }] }];
    const answer = async () => {
      let page = shown.at(-1);
      for await (const message of await answering(agent, shown)) page = message;
      if (shown.at(-1)?.role === "assistant") shown.pop();
      if (page !== undefined) shown.push({ ...page, id: String(shown.length) });
    };
    await answer();
    const call = shown[1]?.parts.find((part) => part.state === "approval-requested");
    Object.assign(call ?? {}, { state: "approval-responded", approval: { id: "c1", approved, reason: "Because." } });
    await answer();
    expect(seats).toEqual(approved ? [2] : []);
    shown.push({ id: "3", role: "user", parts: [{ type: "text", text: "Thanks." }] });
    await answer();
    expect(shown.at(-1)?.parts.at(-1)).toMatchObject({ type: "text", text: "You are welcome." });
    expect(toolParts(inner.requests[2])).toMatchObject([
      { type: "tool-call", callId: "c1" },
      { type: "tool-result", callId: "c1", ...(approved ? { output: "booked" } : { isError: true }) },
    ]);
  }
});

/** Calls and results among what a model was asked. */
function toolParts(request: ChatRequest | undefined): object[] {
  return (request?.messages ?? []).flatMap(({ content }) =>
    typeof content === "string" ? [] : content.filter((part) => "callId" in part),
  );
}
