import { expect, test } from "vitest";
import type { ChatEvent } from "./chat-event.js";
import { EventLaws } from "./event-laws.js";

const start: ChatEvent = { type: "start", id: "1", model: "m" };
const finish: ChatEvent = { type: "finish", reason: "stop", usage: {} };
const open = (step: number): ChatEvent => ({ type: "step-start", step, model: "m" });
const close = (step: number): ChatEvent => ({ type: "step-finish", step, reason: "stop", usage: {} });
const call: ChatEvent = { type: "tool-call", callId: "a", name: "look", input: {} };
const result: ChatEvent = { type: "tool-result", callId: "a", name: "look", output: 1 };
const inside = (event: ChatEvent, attempt?: number): ChatEvent => ({
  type: "nested",
  from: "desk",
  event,
  ...(attempt !== undefined && { attempt }),
});

function check(...events: ChatEvent[]) {
  const laws = new EventLaws();
  return () => {
    for (const event of events) laws.check(event);
  };
}

test.each<[string, ChatEvent[]]>([
  ["steps in their order", [start, open(0), call, result, close(0), open(1), close(1), finish]],
  ["another start after a retract", [start, { type: "retract", reason: "again" }, start, finish]],
  ["a result of a call that the request left open", [{ ...start, resumes: ["a"] } as ChatEvent, result, finish]],
  ["the provider's own result", [start, { ...result, providerExecuted: true } as ChatEvent, finish]],
  [
    "inner streams, and their attempts",
    [start, inside(start), inside(finish), inside(start, 2), inside(finish, 2), finish],
  ],
])("%s may be", (_, events) => {
  expect(check(...events)).not.toThrow();
});

test.each<[string, ChatEvent[], string]>([
  ["a second start", [start, start], "a second start"],
  ["a step that closes and was not open", [start, close(7)], "step-finish 7 while no step is open"],
  ["two steps of one number", [start, open(3), close(3), open(3)], "a second step-start 3"],
  ["a step inside a step", [start, open(0), open(1)], "step-start 1 while step 0 is open"],
  ["an end in the middle of a step", [start, open(0), finish], "finish while step 0 is open"],
  ["a result of no call", [start, result], 'a result of call "a", which was not made'],
  ["an inner stream without a start", [start, inside(finish)], "desk begins with finish"],
  ["an inner stream that breaks a law", [start, inside(start), inside(close(1))], "step-finish 1"],
])("%s may not be", (_, events, message) => {
  expect(check(...events)).toThrow(message);
});
