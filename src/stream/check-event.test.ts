import { expect, test } from "vitest";
import type { ChatEvent } from "./chat-event.js";
import { ChatStream } from "./chat-stream.js";
import { checkEvent } from "./check-event.js";

const start: ChatEvent = { type: "start", id: "a", model: "m" };

const WRONG: [unknown, string][] = [
  [undefined, "event: found nothing"],
  [{ type: "tex-delta", text: "a" }, 'type: found "tex-delta"'],
  [{ type: "text-delta" }, "text-delta.text: found nothing"],
  [{ type: "text-delta", text: 3 }, "text-delta.text: found 3"],
  [{ type: "finish", reason: "stop" }, "finish.usage: found nothing"],
  [{ type: "finish", reason: "done", usage: {} }, 'finish.reason: found "done"'],
  [{ type: "usage", usage: { outputTokens: "3" } }, 'usage.usage.outputTokens: found "3"'],
  [{ type: "tool-call", callId: "a", name: "b" }, "tool-call.input: found nothing"],
  [{ type: "tool-result", callId: "", name: "b", output: 1 }, 'tool-result.callId: found ""'],
  [{ type: "data", name: "weather", value: 1 }, 'data.name: found "weather"'],
  [{ type: "file", mediaType: "a/b", data: "AA==" }, 'file.data: found "AA=="'],
  [{ type: "step-start", step: -1, model: "m" }, "step-start.step: found -1"],
  [{ type: "nested", from: "a", event: { type: "retract" } }, "nested.event.reason: found nothing"],
];

test.each(WRONG)("%j is no event, and the error says why", (value, message) => {
  expect(() => checkEvent(value)).toThrow(expect.objectContaining({ code: "protocol" }));
  expect(() => checkEvent(value)).toThrow(message);
});

test("a stream of somebody else's events fails at the first that is none, and closes its iterator", async () => {
  let closed = false;
  async function* events(): AsyncGenerator<ChatEvent> {
    try {
      yield start;
      yield { type: "text-delta", text: "a" };
      yield JSON.parse('{"type":"finish","reason":"stop"}');
    } finally {
      closed = true;
    }
  }
  const stream = ChatStream.from(events());
  const waits = [stream.fullText, stream.usage, stream.finishReason];
  for (const one of await Promise.allSettled(waits)) {
    expect(one).toMatchObject({ status: "rejected", reason: { code: "protocol", partial: { text: "a" } } });
  }
  expect(closed).toBe(true);
});
