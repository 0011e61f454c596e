import fc from "fast-check";
import { expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { fallback } from "../../src/models/fallback.js";
import type { BatchSource } from "../../src/stream/batch-source.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { EventLaws } from "../../src/stream/event-laws.js";
import { Channel } from "../../src/stream/sources/channel.js";
import { transform } from "../../src/stream/sources/transform.js";
import { PlayedSource, textOf } from "../support/played-source.js";
import { eventsOf, playsOf, script } from "./arbitrary-script.js";

/** Reads a stream until it ends, fails, or `most` events were read. */
async function readUpTo(stream: ChatStream, most: number) {
  const events: ChatEvent[] = [];
  try {
    for await (const event of stream) {
      events.push(event);
      if (events.length >= most) break;
    }
    return { events };
  } catch (failure) {
    return { events, failure };
  }
}

/** Reads a source to its end, as fast as the channel's reader takes it. */
async function pushAll(source: BatchSource, channel: Channel): Promise<void> {
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) await channel.push(batch);
}

const size = fc.integer({ min: 1, max: 5 });
const most = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 12 }));

test("streams in streams keep the laws at every depth, however they are cut, retracted, failed and left", async () => {
  await fc.assert(
    fc.asyncProperty(script, size, most, async (one, cut, until) => {
      const source = new PlayedSource(...playsOf(one, cut));
      const stream = new ChatStream(source);
      const usage = stream.usage;
      const { events, failure } = await readUpTo(stream, until);
      const laws = new EventLaws();
      for (const event of events) laws.check(event);
      const all = eventsOf(one);
      expect(events).toEqual(all.slice(0, events.length));
      const isLeft = events.length < all.length && failure === undefined;
      if (failure !== undefined)
        expect(failure).toMatchObject({ code: "overloaded", partial: { text: one.texts.join("") } });
      else if (!isLeft && events.at(-1)?.type === "finish") {
        const finish = all.at(-1);
        expect(await usage).toEqual(finish?.type === "finish" ? finish.usage : undefined);
        expect(await stream.fullText).toBe(one.texts.join(""));
      }
      // Whoever leaves or fails leaves nothing open, unless the end had arrived already.
      const arrived = !one.fails && source.asked * cut >= all.length;
      if ((isLeft && !arrived) || failure !== undefined) expect(source.cancelled.length).toBeGreaterThan(0);
    }),
    { numRuns: 120, seed: 10 },
  );
});

test("several at once in one stream are each whole and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 4 }), size, async (scripts, cut) => {
      const lanes = scripts.map((one, index) => {
        const whole = { ...one, fails: false };
        const wrap = (event: ChatEvent): ChatEvent => ({ type: "nested", from: "lane", attempt: index + 1, event });
        const source = new PlayedSource(...playsOf(whole, cut));
        return { whole, source: transform(source, { push: (batch) => batch.map(wrap) }) };
      });
      const channel = new Channel({ bound: 1 });
      const pushed = Promise.all(lanes.map(({ source }) => pushAll(source, channel))).then(() => channel.end());
      const events: ChatEvent[] = [];
      for (let batch = await channel.next(); batch !== undefined; batch = await channel.next()) events.push(...batch);
      await pushed;
      const laws = new EventLaws();
      laws.check({ type: "start", id: "outer", model: "outer" });
      for (const event of events) laws.check(event);
      for (const [index, { whole }] of lanes.entries()) {
        const own = events.flatMap((event) =>
          event.type === "nested" && event.attempt === index + 1 ? [event.event] : [],
        );
        expect(own).toEqual(eventsOf(whole));
      }
    }),
    { numRuns: 60, seed: 10 },
  );
});

test("a fallback in a fallback never says a word twice, whichever of its models fail", async () => {
  const plan = fc.array(fc.record({ before: fc.boolean(), fails: fc.boolean() }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), async (plans, half) => {
      const models = plans.map(({ before, fails }, index) =>
        defineModel({
          id: `m${index}`,
          *stream() {
            if (fails && before) throw new SluiceError("overloaded", "busy");
            yield `${index};`;
            if (fails) throw new SluiceError("overloaded", "busy");
          },
        }),
      );
      const [first, rest] = [models.slice(0, half), models.slice(half)];
      const model = rest.length === 0 ? fallback(first) : fallback([fallback(first), ...rest]);
      const { events, failure } = await readUpTo(
        model.stream({ messages: [{ role: "user", content: "Hi" }] }),
        Number.POSITIVE_INFINITY,
      );
      const answering = plans.findIndex(({ before, fails }) => !fails || !before);
      expect(textOf(events)).toBe(answering === -1 ? "" : `${answering};`);
      expect(failure === undefined).toBe(answering !== -1 && plans[answering]?.fails === false);
      expect(events.filter(({ type }) => type === "start").length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60, seed: 10 },
  );
});
