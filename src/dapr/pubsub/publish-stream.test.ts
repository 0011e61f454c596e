import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { deferred } from "../../../test/support/deferred.js";
import { type FakeDaprPubsub, startFakeDaprPubsub } from "../../../test/support/fake-dapr-pubsub.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { type PublishOptions, publishStream } from "./publish-stream.js";
import { subscribeStream } from "./subscribe-stream.js";
import { subscriptionListener } from "./subscription-listener.js";

let fake: FakeDaprPubsub;
beforeEach(async () => {
  fake = await startFakeDaprPubsub();
});
afterEach(() => fake.stop());

const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { outputTokens: 3 } };
const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });

/** A source whose reads a test hands out. */
class Reads implements BatchSource {
  cancelled = false;
  #waiting: { resolve(batch: Batch): void; reject(error: unknown): void } | undefined;
  #there: Batch[] = [];

  give(...events: ChatEvent[]): void {
    if (this.#waiting === undefined) this.#there.push(events);
    else this.#waiting.resolve(events);
    this.#waiting = undefined;
  }

  fail(error: SluiceError): void {
    this.#waiting?.reject(error);
  }

  next(): Batch | Promise<Batch> {
    const batch = this.#there.shift();
    if (batch !== undefined) return batch;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  cancel(): void {
    this.cancelled = true;
  }
}

function publish(options: Partial<PublishOptions> = {}) {
  const reads = new Reads();
  const to = { pubsub: "pub sub", topic: "answers/1", streamId: "s", endpoint: fake.url, env: {} };
  return { reads, ...publishStream(new ChatStream(reads), { ...to, ...options }) };
}

const dataOf = (events: Record<string, unknown>[]) => events.map(({ data }) => data);

/** Resolves once so many calls were made. */
async function calls(count: number): Promise<void> {
  while (fake.calls.length < count) await new Promise((resolve) => setImmediate(resolve));
}

test("publishes one message a read, numbered, with marks at both ends, while the stream is read", async () => {
  const { reads, stream, published, id } = publish({ metadata: { ttlInSeconds: "60" } });
  const read = collect(stream);
  reads.give(START, text("one "));
  await calls(1);
  reads.give(text("two"));
  await calls(2);
  reads.give(FINISH);
  expect(await read).toEqual([START, text("one "), text("two"), FINISH]);
  expect(await published).toEqual({ messages: 3, events: 4 });
  expect(id).toBe("s");
  expect(dataOf(fake.events)).toEqual([
    { stream: "s", sequence: 0, first: true, events: [START, text("one ")] },
    { stream: "s", sequence: 1, events: [text("two")] },
    { stream: "s", sequence: 2, events: [FINISH], last: true },
  ]);
  for (const { kind, pubsub, topic, query } of fake.calls) {
    expect([kind, pubsub, topic, query.get("metadata.ttlInSeconds")]).toEqual(["single", "pub sub", "answers/1", "60"]);
  }
});

test("what is read while a call lasts goes out with the next one, in bulk", async () => {
  const [called, answer] = [deferred(), deferred()];
  fake.fault = async () => {
    fake.fault = undefined;
    called.resolve();
    await answer.promise;
    return undefined;
  };
  const { reads, stream, published } = publish();
  const read = collect(stream);
  reads.give(START);
  await called.promise;
  for (const said of ["a", "b", "c"]) reads.give(text(said));
  reads.give(FINISH);
  await read;
  answer.resolve();
  expect(await published).toEqual({ messages: 5, events: 5 });
  expect(fake.calls.map(({ kind, events }) => [kind, events.length])).toEqual([
    ["single", 1],
    ["bulk", 4],
  ]);
});

test("puts what comes within a window into one message", async () => {
  const clock = new ManualClock();
  const { reads, stream, published } = publish({ windowMs: 50, clock });
  const read = collect(stream);
  reads.give(START);
  await clock.timer(50);
  clock.advance(20);
  reads.give(text("a"));
  await new Promise((resolve) => setImmediate(resolve));
  reads.give(text("b"));
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(30);
  await calls(1);
  reads.give(text("c"));
  await clock.timer(50);
  // The end is not waited for.
  reads.give(FINISH);
  expect(await published).toEqual({ messages: 2, events: 5 });
  await read;
  expect(dataOf(fake.events)).toMatchObject([
    { events: [START, text("a"), text("b")] },
    { events: [text("c"), FINISH], last: true },
  ]);
  expect(clock.pending).toEqual([]);
});

test("cuts messages that would be too large for a broker, between events", async () => {
  const said = "ü".repeat(300);
  const { reads, stream, published } = publish({ maxMessageBytes: 1_500 });
  const read = collect(stream);
  reads.give(START, ...Array.from({ length: 5 }, () => text(said)), text("x".repeat(2_000)), FINISH);
  await Promise.all([read, published]);
  const lists = dataOf(fake.events).map((data) => (data as { events: ChatEvent[] }).events);
  expect(lists.map((events) => events.length)).toEqual([3, 2, 1, 1, 1]);
  const sizes = lists.map((events) => Buffer.byteLength(JSON.stringify(events)));
  // Only the event that is larger by itself has a larger message.
  expect(sizes.filter((size) => size > 1_501)).toEqual([sizes[3]]);
  expect(await read).toEqual(lists.flat());
});

test("a reader that is ahead of what goes out by more than `bound` events and two reads waits", async () => {
  const answer = deferred();
  fake.fault = async () => {
    await answer.promise;
    return undefined;
  };
  const { reads, stream, published } = publish({ bound: 3 });
  for (const said of "abcdefghijklmnop") reads.give(said === "a" ? START : text(said));
  reads.give(FINISH);
  const seen: ChatEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) seen.push(event);
  })();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  // What is there goes out in one message, until this reader is too far behind. One more was read ahead; three wait, and the
  // one that made them too many.
  expect(seen).toHaveLength(11);
  answer.resolve();
  await Promise.all([reading, published]);
  expect(seen).toHaveLength(17);
});

test("a failed stream is published with its error", async () => {
  const { reads, stream, published } = publish();
  const read = collect(stream);
  reads.give(START, text("a"));
  await calls(1);
  reads.fail(new SluiceError("overloaded", "too many", { retryable: true }));
  await expect(read).rejects.toMatchObject({ code: "overloaded" });
  expect(await published).toEqual({ messages: 2, events: 2 });
  expect(dataOf(fake.events).at(-1)).toEqual({
    stream: "s",
    sequence: 1,
    events: [],
    last: true,
    error: { code: "overloaded", message: "too many", retryable: true },
  });
});

test("publishing goes on when the reader has left", async () => {
  const { reads, stream, published } = publish();
  stream.cancel();
  reads.give(START);
  reads.give(FINISH);
  expect(await published).toEqual({ messages: 2, events: 2 });
  expect(reads.cancelled).toBe(false);
});

test("tries again what failed, and only that", async () => {
  const clock = new ManualClock();
  const faults = [{ status: 500, message: "down" }, undefined, { failed: ["2"] }, undefined];
  const answer = deferred();
  fake.fault = async (entries) => {
    const fault = faults.shift();
    // The second call, of the first message anew, lasts until the others are there.
    if (entries === 1 && fault === undefined && faults.length === 2) await answer.promise;
    return fault;
  };
  const { reads, stream, published } = publish({ clock });
  const read = collect(stream);
  reads.give(START);
  await clock.timer(100);
  clock.advance(100);
  reads.give(text("a"));
  reads.give(text("b"));
  reads.give(FINISH);
  await read;
  answer.resolve();
  await clock.timer(100);
  clock.advance(100);
  expect(await published).toEqual({ messages: 4, events: 4 });
  expect(dataOf(fake.events).map((data) => (data as { sequence: number }).sequence)).toEqual([0, 1, 3, 2]);
});

test.each([
  { fault: { status: 500, message: "down" }, error: { code: "provider-error", retryable: true }, tries: 3 },
  {
    fault: { status: 403, errorCode: "ERR_PUBSUB_FORBIDDEN", message: "no" },
    error: { code: "rejected", providerCode: "ERR_PUBSUB_FORBIDDEN" },
    tries: 1,
  },
])("a topic that cannot be published to does not end the stream: $fault.status", async ({ fault, error, tries }) => {
  const clock = new ManualClock();
  let tried = 0;
  fake.fault = () => {
    tried++;
    return fault;
  };
  const { reads, stream, published } = publish({ clock, bound: 0 });
  const read = collect(stream);
  reads.give(START, text("a"));
  for (let wait = 1; wait < tries; wait++) {
    await clock.timer(100 * wait);
    clock.advance(100 * wait);
  }
  await expect(published).rejects.toMatchObject(error);
  reads.give(text("b"));
  reads.give(FINISH);
  expect(await read).toHaveLength(4);
  expect(tried).toBe(tries);
});

test("refuses what cannot be published before it reads anything", () => {
  const source = ChatStream.from([START, FINISH]);
  const to = { pubsub: "p", topic: "t", endpoint: fake.url, env: {} };
  for (const wrong of [
    { pubsub: "" },
    { topic: "" },
    { streamId: "" },
    { bound: -1 },
    { endpoint: "x" },
    { windowMs: -1 },
    { attempts: 0 },
    { maxMessageBytes: 0 },
  ]) {
    expect(() => publishStream(source, { ...to, ...wrong })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: Object.keys(wrong)[0] }),
    );
  }
});

test("comes out at the other end, over HTTP", async () => {
  const [dropped, done] = [[] as SluiceError[], deferred<ChatEvent[]>()];
  const subscription = subscribeStream({
    pubsub: "pubsub",
    topic: "topic",
    onStream: (stream) => void collect(stream).then(done.resolve, done.reject),
  });
  const listener = subscriptionListener([subscription], {
    appApiToken: "s3cret",
    maxBodyBytes: 10_000,
    onDrop: (error) => dropped.push(error),
  });
  const app = createServer(listener);
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  const headers = { "dapr-api-token": "s3cret", "content-type": "application/cloudevents+json" };
  try {
    const declared = await fetch(`${base}/dapr/subscribe`, { headers });
    expect(await declared.json()).toEqual([
      { pubsubname: "pubsub", topic: "topic", route: "/sluice/streams/pubsub/topic" },
    ]);
    expect((await fetch(`${base}/dapr/subscribe`)).status).toBe(401);
    expect((await fetch(`${base}/other`, { headers })).status).toBe(404);

    const events = [START, text("Grüße 😀"), FINISH];
    const { reads, stream, published } = publish({ pubsub: "pubsub", topic: "topic" });
    for (const event of events) reads.give(event);
    stream.cancel();
    await published;
    const post = (body: string) => fetch(`${base}/sluice/streams/pubsub/topic?x=1`, { method: "POST", headers, body });
    for (const event of fake.events.reverse()) {
      const answer = await post(JSON.stringify(event));
      expect([answer.status, await answer.json()]).toEqual([200, { status: "SUCCESS" }]);
    }
    expect(await done.promise).toEqual(events);

    for (const body of ["{", "x".repeat(20_000)]) expect(await (await post(body)).json()).toEqual({ status: "DROP" });
    expect(dropped).toHaveLength(2);
  } finally {
    app.close();
    app.closeAllConnections();
  }
});
