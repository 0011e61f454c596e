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

  test("because a stage threw closes its upstream", async () => {
    let closed = false;
    const endless = async function* () {
      try {
        yield START;
        for (;;) yield* text("word ");
      } finally {
        closed = true;
      }
    };
    const failing = ChatStream.from(endless()).through({
      push(event, emit) {
        if (event.type === "text-delta") throw new Error("broken");
        emit(event);
      },
    });
    await expect(collect(failing)).rejects.toMatchObject({ message: "broken" });
    expect(closed).toBe(true);
  });

  test("by itself is not told to return", async () => {
    let returned = false;
    const failing: AsyncIterable<ChatEvent> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error("broken")),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    await expect(collect(ChatStream.from(failing))).rejects.toMatchObject({ message: "broken" });
    expect(returned).toBe(false);
  });

  test("refuses events before the start", async () => {
    await expect(ChatStream.from(text("x")).fullText).rejects.toMatchObject({ code: "protocol" });
  });
});

describe("leaving", () => {
  /** A source that hangs after its first deltas and says whether it was told to stop. */
  function hanging() {
    const seen: { cancelled?: unknown } = {};
    let wake = () => {};
    let given = false;
    const stream = new ChatStream({
      next: () => {
        if (!given) {
          given = true;
          return [START, ...text("Hel", "lo"), { type: "usage", usage: { inputTokens: 3 } }];
        }
        return new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      },
      cancel: (reason) => {
        seen.cancelled = reason;
        wake();
      },
    });
    return { stream, seen };
  }

  test("with break stops the source, and usage says what is known", async () => {
    const { stream, seen } = hanging();
    for await (const event of stream) if (event.type === "text-delta") break;
    expect(seen.cancelled).toBeDefined();
    expect(await stream.usage).toEqual({ inputTokens: 3 });
    await expect(stream.fullText).rejects.toMatchObject({ code: "cancelled", partial: { text: "Hello" } });
  });

  test("with cancel() wakes a reader that waits", async () => {
    const { stream } = hanging();
    const reader = stream.text[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const waiting = reader.next();
    stream.cancel("enough");
    await expect(waiting).rejects.toMatchObject({ code: "cancelled", cause: "enough", partial: { text: "Hello" } });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test("with cancel() hands out nothing that was read ahead, even where all of it had arrived", async () => {
    const batches = [[START, ...text("Hel", "lo"), FINISH]];
    const stream = new ChatStream({ next: () => batches.shift(), cancel: () => {} });
    const reader = stream.text[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: "Hel" });
    stream.cancel("enough");
    await expect(reader.next()).rejects.toMatchObject({ code: "cancelled", cause: "enough" });
    expect(await stream.fullText).toBe("Hello");
  });

  test("before the first read opens nothing", async () => {
    let pulled = false;
    const stream = new ChatStream({
      next: () => {
        pulled = true;
        return undefined;
      },
      cancel: () => {},
    });
    stream.cancel();
    await expect(stream.fullText).rejects.toMatchObject({ code: "cancelled" });
    expect(await stream.usage).toEqual({});
    expect(pulled).toBe(false);
  });

  test("leaves no unhandled rejection behind when nobody asks for the promises", async () => {
    const { stream } = hanging();
    const { usage: _usage, fullText: _text, message: _message, finishReason: _reason } = stream;
    stream.cancel();
    await new Promise(setImmediate);
  });
});

describe("a retraction", () => {
  const RETRACT: ChatEvent = { type: "retract", reason: "the connection broke" };
  const events = [START, ...text("Wrong"), RETRACT, START, ...text("Right"), FINISH];

  test("takes the text back", async () => {
    expect(await ChatStream.from(events).fullText).toBe("Right");
  });

  test("ends the reading of text, which cannot be taken back", async () => {
    const stream = ChatStream.from(events);
    const said: string[] = [];
    const reading = (async () => {
      for await (const piece of stream.text) said.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({ code: "retracted" });
    expect(said).toEqual(["Wrong"]);
    await expect(stream.fullText).rejects.toMatchObject({ code: "retracted" });
  });

  test("is left to a reader of text that asked to be told", async () => {
    const said: string[] = [];
    const stream = ChatStream.from(events);
    for await (const piece of stream.readText({ onRetract: (reason) => void said.splice(0, said.length, reason) })) {
      said.push(piece);
    }
    expect(said).toEqual(["the connection broke", "Right"]);
  });

  test("of what nobody has read yet goes unnoticed", async () => {
    const silent = [START, RETRACT, START, ...text("Right"), FINISH];
    expect((await collect(ChatStream.from(silent).text)).join("")).toBe("Right");
  });

  test("keeps what was paid for", async () => {
    const paid: ChatEvent = { type: "usage", usage: { inputTokens: 10, outputTokens: 4 } };
    const stream = ChatStream.from([START, paid, RETRACT, START, paid]);
    await expect(stream.fullText).rejects.toMatchObject({ partial: { usage: { inputTokens: 20, outputTokens: 8 } } });
  });
});

describe("the message of a tool loop", () => {
  const events: ChatEvent[] = [
    START,
    { type: "step-start", step: 0, model: "m" },
    ...text("Let me look."),
    { type: "tool-call", callId: "1", name: "look", input: {} },
    { type: "step-finish", step: 0, reason: "tool-calls", usage: { inputTokens: 5, outputTokens: 2 } },
    { type: "tool-result", callId: "1", name: "look", output: "half", preliminary: true },
    { type: "tool-result", callId: "1", name: "look", output: "42" },
    { type: "step-start", step: 1, model: "m" },
    ...text("It is 42."),
    { type: "step-finish", step: 1, reason: "stop", usage: { inputTokens: 9, outputTokens: 3 } },
  ];

  test("as messages for the history, results stand between the model's turns", async () => {
    const stream = ChatStream.from([...events, FINISH]);
    expect((await stream.messages).map((message) => message.role)).toEqual(["assistant", "tool", "assistant"]);
    expect(await stream.fullText).toBe("Let me look.It is 42.");
  });

  test("usage adds up over the steps", async () => {
    await expect(ChatStream.from(events).fullText).rejects.toMatchObject({
      partial: { usage: { inputTokens: 14, outputTokens: 5 } },
    });
  });
});

describe("a stream that is not retained", () => {
  test("keeps usage and reason and refuses the rest", async () => {
    const stream = ChatStream.from([START, ...text("Hello"), FINISH], { retain: false });
    expect((await collect(stream.text)).join("")).toBe("Hello");
    expect(await stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    await expect(stream.fullText).rejects.toMatchObject({ code: "unsupported" });
  });
});
