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
