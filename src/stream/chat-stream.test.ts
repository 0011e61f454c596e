import { describe, expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import type { SluiceError } from "./error.js";

const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 3, outputTokens: 2 } };

function text(...parts: string[]): ChatEvent[] {
  return parts.map((part) => ({ type: "text-delta", text: part }));
}

describe("a stream that finishes", () => {
  const events = [START, ...text("Hello", ", ", "world"), FINISH];

  test("gives its events in order", async () => {
    expect(await collect(ChatStream.from(events))).toEqual(events);
  });

  test("gives its text, and the promises agree with it", async () => {
    const stream = ChatStream.from(events);
    let said = "";
    for await (const piece of stream.text) said += piece;
    expect(said).toBe("Hello, world");
    expect(await stream.fullText).toBe(said);
    expect(await stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    expect(await stream.finishReason).toBe("stop");
    expect(await stream.message).toEqual({ role: "assistant", content: [{ type: "text", text: "Hello, world" }] });
  });

  test("is drained by its promises when nobody reads it", async () => {
    expect(await ChatStream.from(events).fullText).toBe("Hello, world");
  });

  test("leaves the reading to a reader that comes in the same turn", async () => {
    const stream = ChatStream.from(events);
    const usage = stream.usage;
    const read = await collect(stream);
    expect(read).toHaveLength(5);
    expect(await usage).toEqual({ inputTokens: 3, outputTokens: 2 });
  });

  test("has one reader", async () => {
    const stream = ChatStream.from(events);
    stream[Symbol.asyncIterator]();
    expect(() => stream.text[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: "stream-locked" }));
  });
});

describe("a stream that fails", () => {
  test("says what had arrived", async () => {
    const stream = ChatStream.from([START, ...text("Hel", "lo"), { type: "usage", usage: { inputTokens: 3 } }]);
    const failure = (await stream.fullText.catch((e) => e)) as SluiceError;
    expect(failure).toMatchObject({ code: "truncated", partial: { text: "Hello", usage: { inputTokens: 3 } } });
    await expect(stream.usage).rejects.toBe(failure);
  });

  test("refuses events before the start", async () => {
    await expect(ChatStream.from(text("x")).fullText).rejects.toMatchObject({ code: "protocol" });
  });
});
