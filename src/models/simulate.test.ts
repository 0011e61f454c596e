import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { ManualClock } from "../../test/support/manual-clock.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import { scripted } from "./scripted.js";
import { simulate } from "./simulate.js";

const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };
const atOnce = { tokensPerSecond: Number.POSITIVE_INFINITY };

test("a model that fails does so after its output, with its usage", async () => {
  const busy = new SluiceError("overloaded", "too much to do");
  const usage = { inputTokens: 10, outputTokens: 1 };
  const model = scripted([["Hello ", { type: "usage", usage }, { throw: busy }]]);
  await expect(simulate(model, atOnce).stream(REQUEST).fullText).rejects.toMatchObject({
    code: "overloaded",
    partial: { text: "Hello ", usage },
  });
});

test("leaving in the middle of a pause ends it", async () => {
  const clock = new ManualClock();
  const stream = simulate(scripted([["one two three"]]), { clock, tokensPerSecond: 10 }).stream(REQUEST);
  const failed = stream.fullText.catch((error: unknown) => error);
  await clock.timer(100);
  clock.advance(100);
  await clock.timer(100);
  stream.cancel();
  expect(await failed).toMatchObject({ code: "cancelled", partial: { text: "one" } });
  expect(clock.pending).toEqual([]);
});

test("state of the provider is emitted once, with the last piece of its part", async () => {
  const opaque = { dialect: "anthropic", data: "signature" };
  const model = scripted([[{ type: "reasoning-delta", text: "one two three", opaque }, "Yes."]]);
  const stream = simulate(model, atOnce).stream(REQUEST);
  const events = await collect(stream);
  expect(events.filter((event) => "opaque" in event)).toHaveLength(1);
  expect(await stream.message).toMatchObject({ content: [{ text: "one two three", opaque }, { text: "Yes." }] });
});

test("the models that the provider offers are still listed", async () => {
  const offering = { ...scripted([]), list: () => Promise.resolve([{ id: "test/a" }]) };
  expect(await simulate(offering).list?.()).toEqual([{ id: "test/a" }]);
});
