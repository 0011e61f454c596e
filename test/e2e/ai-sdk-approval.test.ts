import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { expect, it } from "vitest";
import { z } from "zod";
import { toAiSdk } from "../../src/models/ai-sdk/to-ai-sdk.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
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
    const second = turn(agent, [...asked, ...said, { role: "tool", content: [answer] }]);
    expect(await second.text).toBe("Done.");
    expect(seats).toEqual(approved ? [2] : []);
    expect(inner.requests[1]?.messages.at(-1)).toMatchObject({
      role: "tool",
      content: [{ callId: "c1", ...(approved ? { output: "booked" } : { isError: true }) }],
    });
  }
});
