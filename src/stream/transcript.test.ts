import { expect, test } from "vitest";
import type { ChatEvent } from "./chat-event.js";
import { Transcript } from "./transcript.js";

const a: ChatEvent = { type: "tool-call", callId: "a", name: "t", input: {} };
const b: ChatEvent = { type: "tool-call", callId: "b", name: "t", input: {} };
const resultA: ChatEvent = { type: "tool-result", callId: "a", name: "t", output: 1 };
const resultB: ChatEvent = { type: "tool-result", callId: "b", name: "t", output: 2 };
const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
const step = (n: number): ChatEvent => ({ type: "step-start", step: n, model: "m" });

function messagesOf(...events: ChatEvent[]) {
  const transcript = new Transcript(true);
  for (const event of events) transcript.push(event);
  return transcript.messages;
}

test("the output of one model call is one message, also where a tool was done before it had ended", () => {
  expect(messagesOf(step(0), a, resultA, text("and"), b, resultB, step(1), text("Done."))).toEqual([
    { role: "assistant", content: [a, { type: "text", text: "and" }, b] },
    { role: "tool", content: [resultA, resultB] },
    { role: "assistant", content: [{ type: "text", text: "Done." }] },
  ]);
});

test("a text that a result falls into stays one text", () => {
  expect(messagesOf(step(0), a, text("Wait "), resultA, text("a bit."))).toEqual([
    { role: "assistant", content: [a, { type: "text", text: "Wait a bit." }] },
    { role: "tool", content: [resultA] },
  ]);
});

test("results stand in the order of their calls", () => {
  expect(messagesOf(step(0), a, b, resultB, resultA)).toEqual([
    { role: "assistant", content: [a, b] },
    { role: "tool", content: [resultA, resultB] },
  ]);
});

test("results of an earlier turn's calls come before the first model call", () => {
  expect(messagesOf(resultA, step(0), text("Done."))).toEqual([
    { role: "tool", content: [resultA] },
    { role: "assistant", content: [{ type: "text", text: "Done." }] },
  ]);
});

test("without steps, text after a result begins another message", () => {
  expect(messagesOf(a, resultA, text("Done."))).toEqual([
    { role: "assistant", content: [a] },
    { role: "tool", content: [resultA] },
    { role: "assistant", content: [{ type: "text", text: "Done." }] },
  ]);
});

test("a retract takes back the calls and results of its model call, and no others", () => {
  const events = [step(0), a, resultA, step(1), b, resultB, { type: "retract", reason: "r" } as const, text("Else.")];
  expect(messagesOf(...events)).toEqual([
    { role: "assistant", content: [a] },
    { role: "tool", content: [resultA] },
    { role: "assistant", content: [{ type: "text", text: "Else." }] },
  ]);
});
