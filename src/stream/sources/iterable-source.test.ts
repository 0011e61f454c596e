import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../chat-event.js";
import { ChatStream } from "../chat-stream.js";

const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

describe("a generator cleans up", () => {
  test("after its finish, although nobody asks for more", async () => {
    const cleaned = new Promise<void>((resolve) => {
      async function* events(): AsyncGenerator<ChatEvent, undefined> {
        try {
          yield START;
          yield FINISH;
        } finally {
          resolve();
        }
      }
      void ChatStream.from(events()).finishReason;
    });
    await cleaned;
  });

  test("when it is not asynchronous, too", async () => {
    let cleaned = false;
    function* events(): Generator<ChatEvent, undefined> {
      try {
        yield START;
        yield FINISH;
      } finally {
        cleaned = true;
      }
    }
    await ChatStream.from(events()).finishReason;
    expect(cleaned).toBe(true);
  });
});

test("a reader who leaves is not told what an iterator's return throws", async () => {
  const events = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false as const, value: START }),
      return: () => {
        throw new Error("no clean-up");
      },
    }),
  };
  const seen: ChatEvent[] = [];
  for await (const event of ChatStream.from(events)) {
    seen.push(event);
    break;
  }
  expect(seen).toEqual([START]);
});
