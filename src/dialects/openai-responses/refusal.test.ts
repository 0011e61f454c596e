import { expect, test } from "vitest";
import { readWire, writeWire } from "../../../test/laws/dialect-laws.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { openAiResponses } from "./openai-responses.js";

const CONTEXT = { model: "m", request: { messages: [{ role: "user" as const, content: "Hi" }] } };

test.each([
  ["after some text", [{ type: "text-delta" as const, text: "Well, " }]],
  ["without a word", []],
])("a refusal that is only a reason stays one, %s", (_, said: ChatEvent[]) => {
  const events: ChatEvent[] = [
    { type: "start", id: "resp_1", model: "m" },
    ...said,
    { type: "finish", reason: "refusal", usage: {} },
  ];
  const read = readWire(openAiResponses, [writeWire(openAiResponses, events, CONTEXT)]);
  expect(read.events.at(-1)).toMatchObject({ type: "finish", reason: "refusal" });
  expect(read.events.filter(({ type }) => type === "text-delta").map((event) => "text" in event && event.text)).toEqual(
    said.map((event) => "text" in event && event.text),
  );

  const content = said.length > 0 ? [{ type: "text" as const, text: "Well, " }] : [];
  const answer = {
    id: "resp_1",
    model: "m",
    message: { role: "assistant" as const, content },
    reason: "refusal" as const,
    usage: {},
  };
  const body = openAiResponses.writeBody(answer, CONTEXT);
  expect(openAiResponses.readBody(body).at(-1)).toMatchObject({ type: "finish", reason: "refusal" });
});
