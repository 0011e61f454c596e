import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import { SERVICES } from "../laws/asked-services.js";
import { haveRecordings, recordedAnswers } from "./load-recording.js";

const asks = (content: string): ChatMessage => ({ role: "user", content });

/** What is kept of an answer that was stopped after each of its events, where that is not as after the one before. */
function cutsOf(events: readonly ChatEvent[]): ChatMessage[][] {
  const transcript = new Transcript(true);
  const cuts: ChatMessage[][] = [];
  for (const [index, event] of events.entries()) {
    transcript.push(event);
    // Within a long text every cut is alike but for its length.
    const alike = event.type.endsWith("-delta") && event.type === events[index - 2]?.type;
    if (!alike) cuts.push(transcript.messages);
  }
  return cuts;
}

describe.runIf(haveRecordings())("an answer that was stopped at any event", () => {
  const recorded = recordedAnswers().map(({ path, events }) => ({ path, cuts: cutsOf(events) }));

  test.each(SERVICES)("is a history that %s takes", (_, dialect, model, refuses) => {
    expect(recorded.length).toBeGreaterThan(100);
    for (const { path, cuts } of recorded) {
      for (const [index, cut] of cuts.entries()) {
        const messages = [asks("Hi"), ...cut, asks("Go on.")];
        const body: JsonObject = dialect.writeRequest({ messages }, { model, stream: true }).body;
        const wrong = refuses(JSON.parse(JSON.stringify(body)));
        if (wrong.length > 0) expect.unreachable(`${path}, cut ${index}: ${wrong.join("; ")}\n${JSON.stringify(body)}`);
      }
    }
  });
});
