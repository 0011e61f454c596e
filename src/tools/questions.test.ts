import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { ASK, ask, resultOf, SIZE, shirts, stored } from "../../test/support/nested-asks.js";
import { scripted } from "../models/scripted.js";
import type { InputResponsePart } from "../stream/message.js";
import { openRequests } from "./history.js";
import { answer, approve, decline, type InputRequest, responseMessage } from "./input-response.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

test("a tool asks a question: it is run again with the answer, in another process", async () => {
  const made: string[] = [];
  const first = withTools(scripted([[ask("a")]]), [shirts(made)]).stream(ASK);
  const events = await collect(first);
  expect(events.find(({ type }) => type === "input-request")).toEqual({
    type: "input-request",
    id: "a",
    kind: "question",
    callId: "a",
    message: "Which size?",
    schema: SIZE,
  });
  expect(events.at(-1)).toMatchObject({ reason: "input-required" });
  const messages = stored([...ASK.messages, ...(await first.messages)]);
  const resume = (part: InputResponsePart) =>
    withTools(scripted([["Done."]]), [shirts(made)]).stream({ messages: [...messages, responseMessage(part)] });
  expect(() => resume(answer("a", "XL"))).toThrow("messages[2].content[0].response.value");
  expect(() => resume(approve("a"))).toThrow("answer or decline");
  expect(resultOf(await collect(resume(answer("a", "L"))))).toMatchObject({ output: "shirt L" });
  expect(made).toEqual(["L"]);
  expect(resultOf(await collect(resume(decline("a", "no idea"))))).toMatchObject({ isError: true });
  expect(made).toEqual(["L"]);
});

test("a question is answered by a handler; what it answers is checked, and waiting takes no time of the tool's", async () => {
  const made: string[] = [];
  const live = (onInput: (request: InputRequest) => InputResponsePart) =>
    collect(withTools(scripted([[ask("a")], ["Done."]]), [shirts(made)], { onInput }).stream(ASK));
  expect(resultOf(await live(({ id }) => answer(id, "S")))).toMatchObject({ output: "shirt S" });
  expect(resultOf(await live(({ id }) => answer(id, 3)))).toMatchObject({ isError: true });
  expect(resultOf(await live(({ id }) => decline(id)))).toMatchObject({
    isError: true,
    output: 'nobody answers the question "Which size?"',
  });
  expect(made).toEqual(["S"]);
});

test("questions that are asked at once wait together; those in turn come one after the other", async () => {
  const together = tool({
    name: "inner",
    input: { type: "object" },
    run: async (_, { ask: put }) => {
      const [a, b] = await Promise.all([put({ message: "A?", schema: SIZE }), put({ message: "B?", schema: SIZE })]);
      return `${a}${b}${await put({ message: "C?", schema: SIZE })}`;
    },
  });
  let messages = ASK.messages;
  const run = async () => {
    const stream = withTools(scripted(messages === ASK.messages ? [[ask("a")]] : [["Done."]]), [together]).stream({
      messages,
    });
    const events = await collect(stream);
    messages = stored([...messages, ...(await stream.messages)]);
    return events;
  };
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a", "a#2"]);
  messages = [...messages, responseMessage(answer("a#2", "L"))];
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a"]);
  messages = [...messages, responseMessage(answer("a", "S"))];
  await run();
  expect(openRequests(messages).map(({ id }) => id)).toEqual(["a#3"]);
  messages = [...messages, responseMessage(answer("a#3", "S"))];
  expect(resultOf(await run())).toMatchObject({ output: "SLS" });
});
