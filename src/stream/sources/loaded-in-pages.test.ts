import { expect, test } from "vitest";
import { streamLaws } from "../../../test/laws/stage-laws.js";
import { collect } from "../../../test/support/collect.js";
import { PlayedSource } from "../../../test/support/played-source.js";
import type { ChatEvent } from "../chat-event.js";
import { ChatStream } from "../chat-stream.js";
import { staged } from "./staged.browser.js";
import { teed } from "./teed.browser.js";

const ANSWER: ChatEvent[] = [
  { type: "start", id: "a", model: "m" },
  { type: "text-delta", text: "Hi" },
  { type: "finish", reason: "stop", usage: {} },
];

streamLaws("a stage whose code is loaded when it is read", (stream) => {
  const stage = { push: (event: ChatEvent, emit: (event: ChatEvent) => void) => emit(event) };
  return new ChatStream(staged(stream.batches(), stage));
});

streamLaws("one of two readers whose code is loaded when one is read", (stream) => {
  const [left, right] = teed(stream.batches(), 0);
  right.cancel("nobody reads it");
  return new ChatStream(left);
});

test("both of two readers get every event", async () => {
  const sides = teed(new PlayedSource({ later: ANSWER }), 0).map((side) => collect(new ChatStream(side)));
  expect(await Promise.all(sides)).toEqual([ANSWER, ANSWER]);
});

test("the source is left when both leave before either was read", async () => {
  let asked = 0;
  const reason = await new Promise((cancel) => {
    const [left, right] = teed({ next: () => void asked++, cancel }, 0);
    left.cancel("one");
    right.cancel("other");
  });
  expect([reason, asked]).toEqual(["other", 0]);
});
