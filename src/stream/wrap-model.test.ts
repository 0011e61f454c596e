import { expect, test } from "vitest";
import { FINISH, PlayedSource, START, text } from "../../test/support/played-source.js";
import type { CallOptions, ChatModel } from "./chat-model.js";
import type { ChatRequest } from "./chat-request.js";
import { ChatStream } from "./chat-stream.js";
import { transform } from "./sources/transform.js";
import { wrapModel } from "./wrap-model.js";

/** A model that plays a source, and what it was asked. */
function played(source: PlayedSource) {
  const asked: { request: ChatRequest; options: CallOptions | undefined }[] = [];
  const model: ChatModel = {
    id: "played",
    capabilities: { tools: true },
    list: async () => [{ id: "played" }],
    stream(request, options) {
      asked.push({ request, options });
      return new ChatStream(source, { retain: options?.retain });
    },
  };
  return { model, asked };
}

const request: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

test("a wrapped model keeps what the model is, unless it says otherwise", async () => {
  const { model } = played(new PlayedSource());
  const same = wrapModel(model, {});
  expect([same.id, same.capabilities, await same.list?.()]).toEqual(["played", { tools: true }, [{ id: "played" }]]);
  expect(wrapModel(model, {}, { id: "mine", capabilities: {} })).toMatchObject({ id: "mine", capabilities: {} });
});

test("calls within go through the wrapper as well", async () => {
  const { model } = played(new PlayedSource([START, text("a"), FINISH]));
  const loop: ChatModel = { ...model, wrapCalls: (wrap) => wrap(model) };
  const seen: string[] = [];
  const wrapped = wrapModel(loop, { answer: (source) => transform(source, { push: (batch) => batch }) });
  const inside = wrapped.wrapCalls?.((inner) => {
    seen.push(inner.id);
    return inner;
  });
  expect(await inside?.stream(request).fullText).toBe("a");
  expect(seen).toEqual(["played"]);
});

test("the signal stays outside, and the inner stream keeps nothing", async () => {
  const { model, asked } = played(new PlayedSource([START, text("a"), FINISH]));
  const { signal } = new AbortController();
  expect(await wrapModel(model, {}).stream(request, { signal, streaming: false }).fullText).toBe("a");
  expect(asked[0]?.options).toEqual({ streaming: false, retain: false });
});

test("a request is sent at once, a function is called when the answer is first read", async () => {
  const { model, asked } = played(new PlayedSource([START, FINISH]));
  const other: ChatRequest = { ...request, temperature: 0 };
  wrapModel(model, { request: other }).stream(request);
  expect(asked.map((one) => one.request)).toEqual([other]);
  const stream = wrapModel(model, { request: async () => other }).stream(request);
  expect(asked).toHaveLength(1);
  expect(await stream.finishReason).toBe("stop");
  expect(asked[1]?.request).toBe(other);
});

test("a request that is not valid is refused at once, although what is asked instead is not known yet", () => {
  const { model } = played(new PlayedSource());
  const wrapped = wrapModel(model, { request: (one) => one });
  expect(() => wrapped.stream({ messages: [] })).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

test("warnings stand behind the answer's own", async () => {
  const start = { ...START, warnings: [{ field: "topK", message: "a" }] };
  const { model } = played(new PlayedSource([start, FINISH]));
  const wrapped = wrapModel(model, ({ warn }) => ({
    request(one) {
      warn({ field: "seed", message: "b" });
      return one;
    },
  }));
  for await (const event of wrapped.stream(request)) {
    if (event.type === "start") expect(event.warnings?.map(({ field }) => field)).toEqual(["topK", "seed"]);
  }
});

test("leaving while the request is prepared aborts the call's signal, and nothing is asked", async () => {
  const { model, asked } = played(new PlayedSource());
  const reasons: unknown[] = [];
  const wrapped = wrapModel(model, (call) => ({
    request: () =>
      new Promise(() => call.signal.addEventListener("abort", () => void reasons.push(call.signal.reason))),
  }));
  const stream = wrapped.stream(request);
  const reading = stream.fullText;
  await new Promise(setImmediate);
  stream.cancel("gone");
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  expect([reasons.length, asked.length]).toEqual([1, 0]);
});

test("an answer that cannot be made cancels what was asked for", () => {
  const source = new PlayedSource();
  const { model } = played(source);
  const wrapped = wrapModel(model, {
    answer() {
      throw new Error("no");
    },
  });
  expect(() => wrapped.stream(request)).toThrow("no");
  expect(source.cancelled).toHaveLength(1);
});

test("a stream that was handed over has one reader, and no promises", async () => {
  const stream = new ChatStream(new PlayedSource([START, FINISH]));
  const source = stream.source();
  expect(() => stream.batches()).toThrow(expect.objectContaining({ code: "stream-locked" }));
  await expect(stream.usage).rejects.toMatchObject({ code: "stream-locked" });
  expect(source.next()).toEqual([START, FINISH]);
});

test("a stream that somebody waits for sees what passes, although it was handed over", async () => {
  const stream = new ChatStream(new PlayedSource([START, text("a")], [FINISH]));
  const reason = stream.finishReason;
  const source = stream.source();
  while ((await source.next()) !== undefined);
  expect(await reason).toBe("stop");
});
