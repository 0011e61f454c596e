import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryAnswer } from "../../../test/laws/arbitrary-answer.js";
import { collect } from "../../../test/support/collect.js";
import { cloudEvent } from "../../../test/support/fake-dapr-pubsub.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { IterableSource } from "../../stream/sources/iterable-source.js";
import { StreamMessageWriter } from "./stream-message-writer.js";
import { type SubscribeOptions, subscribeStream } from "./subscribe-stream.js";

const answer = arbitraryAnswer({ reasoning: true, toolCalls: true, sources: true, refusals: true });

/** Events as daprd would deliver them; `cuts` says after which of them a message ends. */
function delivered(id: string, events: readonly ChatEvent[], cuts: readonly boolean[] = [], error?: SluiceError) {
  const writer = new StreamMessageWriter(id, 1_000);
  for (const [index, event] of events.entries()) {
    writer.add(event);
    if (cuts[index % cuts.length]) writer.cut();
  }
  if (error !== undefined) writer.fail(error);
  return writer.take().map(({ text }) => cloudEvent(JSON.parse(text)));
}

function subscribe(options: Partial<SubscribeOptions> = {}) {
  const clock = new ManualClock();
  return { clock, ...subscribed({ clock, ...options }) };
}

function subscribed(options: Partial<SubscribeOptions>) {
  const streams = new Map<string, ChatStream>();
  const onStream = (stream: ChatStream, id: string) => void streams.set(id, stream);
  return { streams, subscription: subscribeStream({ pubsub: "pubsub", topic: "topic", onStream, ...options }) };
}

const ANSWER: ChatEvent[] = [
  { type: "start", id: "a", model: "m" },
  { type: "text-delta", text: "\ud83d\ude00" },
  { type: "text-delta", text: " \\ud83d" },
  { type: "file", mediaType: "image/png", data: new Uint8Array([0, 255, 254]) },
  { type: "finish", reason: "stop", usage: {} },
];

test("messages in any order, and any number of times, give the same events", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 9, arbitrary: answer }, fc.constant(ANSWER)),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2)), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(1, 3, 10_000),
      async (events, cuts, shuffle, bound) => {
        const { subscription, streams } = subscribe({ bound });
        const messages = delivered("s", events, cuts).flatMap((message, index) => {
          const [place = 0, again = 0] = shuffle[index % shuffle.length] ?? [];
          return Array.from({ length: again + 1 }, (_, copy) => ({
            message,
            at: (place * (index + 1) + copy * 0.37) % 1,
          }));
        });
        let left = messages.sort((a, b) => a.at - b.at).map(({ message }) => message);
        let read: Promise<ChatEvent[]> | undefined;
        // What daprd is told to deliver again comes in the same order, after the reader had its turn.
        while (left.length > 0) {
          left = left.filter((message) => subscription.deliver(message).status === "RETRY");
          const stream = streams.get("s");
          if (stream !== undefined) read ??= collect(stream);
          await new Promise((resolve) => setImmediate(resolve));
        }
        // A stream's deltas are whole characters, wherever those of its source were cut.
        expect(await read).toEqual(await collect(new ChatStream(new IterableSource(() => events))));
      },
    ),
    { numRuns: 150 },
  );
});

test("several streams of one topic come apart", async () => {
  const { subscription, streams } = subscribe();
  const one = ANSWER;
  const two: ChatEvent[] = ANSWER.map((event) => (event.type === "start" ? { ...event, id: "b" } : event));
  const messages = [...delivered("1", one, [true]), ...delivered("2", two, [true])];
  for (let index = 0; index < messages.length; index++) {
    expect(subscription.deliver(messages[(index * 7) % messages.length])).toEqual({ status: "SUCCESS" });
  }
  expect(await collect(streams.get("1") as ChatStream)).toEqual(one);
  expect(await collect(streams.get("2") as ChatStream)).toEqual(two);
  // Late copies are known, and make no new stream.
  for (const message of messages) expect(subscription.deliver(message)).toEqual({ status: "SUCCESS" });
  expect(streams.size).toBe(2);
});

test("a message that stays away ends the stream, with what had arrived", async () => {
  const { clock, subscription, streams } = subscribe({ gapMs: 500 });
  const messages = delivered("s", ANSWER, [true]);
  subscription.deliver(messages[0]);
  subscription.deliver(messages[1]);
  const read = collect(streams.get("s") as ChatStream);
  clock.advance(10_000);
  subscription.deliver(messages[3]);
  clock.advance(400);
  // Others that come do not make the wait longer.
  subscription.deliver(messages[4]);
  clock.advance(100);
  await expect(read).rejects.toMatchObject({
    code: "truncated",
    retryable: true,
    message: 'the published stream "s": message 2 did not come within 500 ms; 2 later ones came, up to 4',
    partial: { text: "\ud83d\ude00" },
  });
  expect(subscription.deliver(messages[2])).toEqual({ status: "SUCCESS" });
  expect(clock.pending).toEqual([]);
});

test("a gap that is closed in time is none, and the next one is waited for anew", async () => {
  const { clock, subscription, streams } = subscribe({ gapMs: 500 });
  const messages = delivered("s", ANSWER, [true]);
  for (const [at, index] of [0, 2, 1, 4, 3].entries()) {
    if (at > 0) clock.advance(499);
    subscription.deliver(messages[index]);
  }
  expect(await collect(streams.get("s") as ChatStream)).toEqual(ANSWER);
  expect(clock.pending).toEqual([]);
});

test("a stream of which nothing more comes ends", async () => {
  const { clock, subscription } = subscribe({ idleMs: 5_000 });
  const never = subscription.stream("never");
  const begun = subscription.stream("begun");
  clock.advance(4_000);
  subscription.deliver(delivered("begun", ANSWER, [true])[0]);
  clock.advance(1_000);
  await expect(collect(never)).rejects.toMatchObject({ code: "idle-timeout", retryable: true });
  const read = collect(begun);
  clock.advance(4_000);
  await expect(read).rejects.toMatchObject({ message: expect.stringContaining("within 5000 ms; 1 had come") });
});

test("the error that ended the stream comes after all that was before it", async () => {
  const { subscription } = subscribe();
  const failure = new SluiceError("overloaded", "too many", { retryable: true });
  const messages = delivered("s", ANSWER.slice(0, 2), [true], failure);
  const stream = subscription.stream("s");
  for (const message of messages.reverse()) subscription.deliver(message);
  const seen: ChatEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) seen.push(event);
  })();
  await expect(reading).rejects.toMatchObject({ code: "overloaded", message: "too many", retryable: true });
  expect(seen).toEqual(ANSWER.slice(0, 2));
});

test("a reader that lags is not waited for in memory: messages are to come again later", async () => {
  const { subscription } = subscribe({ bound: 2 });
  const stream = subscription.stream("s");
  const statuses = (messages: unknown[]) => messages.map((message) => subscription.deliver(message).status);
  const messages = delivered("s", ANSWER, [true]);
  expect(statuses(messages)).toEqual(["SUCCESS", "SUCCESS", "RETRY", "SUCCESS", "SUCCESS"]);
  const iterator = stream[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toEqual(ANSWER[0]);
  expect(statuses(messages)).toEqual(["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"]);
  const rest: ChatEvent[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) rest.push(next.value);
  expect(rest).toEqual(ANSWER.slice(1));
});

test("a message that is to come again later is not missing, however long its broker takes", async () => {
  const { clock, subscription } = subscribe({ bound: 2, gapMs: 500, idleMs: 5_000 });
  const stream = subscription.stream("s");
  const statuses = (messages: unknown[]) => messages.map((message) => subscription.deliver(message).status);
  const messages = delivered("s", ANSWER, [true]);
  expect(statuses(messages)).toEqual(["SUCCESS", "SUCCESS", "RETRY", "SUCCESS", "SUCCESS"]);
  clock.advance(4_999);
  const read = collect(stream);
  expect(statuses(messages.slice(2))).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
  expect(await read).toEqual(ANSWER);
  expect(clock.pending).toEqual([]);
});

test("a stream is kept for who asks for it late, and not for ever", async () => {
  const { clock, subscription } = unoffered();
  for (const id of ["asked", "unasked"]) for (const message of delivered(id, ANSWER)) subscription.deliver(message);
  clock.advance(119_999);
  const stream = subscription.stream("asked");
  clock.advance(1);
  expect(await collect(stream)).toEqual(ANSWER);
  expect(() => subscription.stream("asked")).toThrow(expect.objectContaining({ code: "stream-locked" }));
  expect(() => subscription.stream("unasked")).toThrow(expect.objectContaining({ code: "stream-locked" }));
  expect(clock.pending).toEqual([]);
});

function unoffered() {
  const clock = new ManualClock();
  return { clock, subscription: subscribeStream({ pubsub: "pubsub", topic: "topic", clock }) };
}

test("what its reader left is taken, and forgotten", async () => {
  const { clock, subscription, streams } = subscribe();
  const messages = delivered("s", ANSWER, [true]);
  subscription.deliver(messages[0]);
  for await (const event of streams.get("s") as ChatStream) {
    expect(event).toEqual(ANSWER[0]);
    break;
  }
  for (const message of messages) expect(subscription.deliver(message)).toEqual({ status: "SUCCESS" });
  expect(clock.pending).toEqual([]);
  expect(streams.size).toBe(1);
});

test("takes data as text and as base64, and drops what is no message of a stream", () => {
  const { subscription } = subscribe();
  const [event] = delivered("s", ANSWER);
  const text = JSON.stringify(event?.data);
  expect(subscription.deliver({ ...event, data: text })).toEqual({ status: "SUCCESS" });
  const { data: _, ...envelope } = event ?? {};
  const base64 = Buffer.from(text).toString("base64");
  expect(subscription.deliver({ ...envelope, data_base64: base64 })).toEqual({ status: "SUCCESS" });
  const good = { stream: "t", sequence: 0, events: [] };
  const bad = [
    undefined,
    "text",
    {},
    { data: "{" },
    { data_base64: "?" },
    { data: { ...good, stream: "" } },
    { data: { ...good, sequence: -1 } },
    { data: { ...good, sequence: 0.5 } },
    { data: { ...good, events: "{}" } },
    { data: { ...good, events: [{ type: "no-event" }] } },
  ];
  for (const cloud of bad) {
    expect(subscription.deliver(cloud)).toMatchObject({ status: "DROP", error: { code: "malformed-frame" } });
  }
});

test("says what daprd is to subscribe to", () => {
  expect(subscribeStream({ pubsub: "pub sub", topic: "a/b" }).declaration).toEqual({
    pubsubname: "pub sub",
    topic: "a/b",
    route: "/sluice/streams/pub%20sub/a%2Fb",
  });
  const full = { route: "/r", deadLetterTopic: "dead", metadata: { rawPayload: "false" } };
  expect(subscribeStream({ pubsub: "p", topic: "t", ...full }).declaration).toEqual({
    pubsubname: "p",
    topic: "t",
    ...full,
  });
  for (const wrong of [{ pubsub: "" }, { topic: "" }, { route: "no-slash" }, { route: "/a?b" }]) {
    expect(() => subscribeStream({ pubsub: "p", topic: "t", ...wrong })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: Object.keys(wrong)[0] }),
    );
  }
});
