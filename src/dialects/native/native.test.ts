import { expect, test } from "vitest";
import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { SluiceError } from "../../stream/error.js";
import { WholeAnswer } from "../whole-answer.js";
import { native } from "./native.js";

dialectLaws(native, {
  carries: {
    reasoning: true,
    toolCalls: true,
    refusals: true,
    sources: true,
    reasons: ["stop", "length", "content-filter", "pause", "budget", "other"],
  },
});

test("a request comes as it was sent, bytes and providers' state included", () => {
  const request: ChatRequest = {
    messages: [
      { role: "user", content: [{ type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2, 3) }] },
      { role: "assistant", content: [{ type: "reasoning", text: "Hm.", opaque: { dialect: "anthropic", data: "x" } }] },
      { role: "user", content: "Go on" },
    ],
    temperature: 0.5,
    reasoning: { effort: "high" },
  };
  const { path, body } = native.writeRequest(request, { model: "m", stream: true });
  expect(path).toBe("/v1/runs");
  expect(native.readRequest(JSON.parse(JSON.stringify(body)))).toEqual({ model: "m", stream: true, request });
});

test.each([
  [{ model: "m", messages: [{ role: "user", content: "x" }], temprature: 1 }, "temprature"],
  [{ model: "m", messages: [{ role: "usr", content: "x" }] }, "messages[0].role"],
  [{ model: "m", messages: "x" }, "messages"],
  [{ messages: [{ role: "user", content: "x" }] }, "model"],
])("%j is refused with its field", (body, field) => {
  expect(() => native.readRequest(body)).toThrow(expect.objectContaining({ code: "invalid-request", field }));
});

test("an error is whole after it was an answer", () => {
  const error = new SluiceError("overloaded", "busy", { retryable: true, retryAfterMs: 1_500 });
  const { status, headers = {}, body } = native.writeError(error);
  expect([status, headers["retry-after"]]).toEqual([503, "2"]);
  const read = native.readError({ status, headers, body: JSON.stringify(body) });
  expect(read).toMatchObject({ code: "overloaded", message: "busy", retryable: true, retryAfterMs: 1_500 });
  expect(native.readError({ status: 502, headers: {}, body: "<html>bad gateway</html>" }).message).toContain(
    "bad gateway",
  );
});

test("an entry that is missing is noticed", () => {
  const frames: { data: string }[] = [];
  const writer = native.writer({ model: "m", request: { messages: [] } });
  for (const text of ["a", "b", "c"]) writer.push({ type: "text-delta", text }, (frame) => frames.push(frame));
  const reader = native.reader();
  const [first, , third] = frames;
  reader.push(first ?? { data: "" }, () => {});
  expect(() => reader.push(third ?? { data: "" }, () => {})).toThrow(expect.objectContaining({ code: "truncated" }));
});

test("a whole answer of a tool loop has its steps, its data and what is heard", () => {
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "step-start", step: 0, model: "m" },
    { type: "tool-call", callId: "c", name: "look", input: {} },
    { type: "tool-result", callId: "c", name: "look", output: "seen" },
    { type: "step-finish", step: 0, reason: "tool-calls", usage: { inputTokens: 1 } },
    { type: "step-start", step: 1, model: "m" },
    { type: "text-delta", text: "So." },
    { type: "data", name: "app/score", value: { points: 3 } },
    { type: "audio-delta", data: Uint8Array.of(1, 2), mediaType: "audio/pcm", sentence: 0 },
    { type: "step-finish", step: 1, reason: "stop", usage: { inputTokens: 2 } },
    { type: "finish", reason: "stop", usage: { inputTokens: 3 } },
  ];
  const whole = new WholeAnswer();
  for (const event of events) whole.push(event);
  if (whole.answer === undefined) throw new Error("an answer without a finish");
  const body = native.writeBody(whole.answer, { model: "m", request: { messages: [] } });
  const read = native.readBody(JSON.parse(JSON.stringify(body)));
  expect(read.filter(({ type }) => type !== "usage")).toEqual(events);
});
