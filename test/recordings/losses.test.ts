import { describe, expect, test } from "vitest";
import type { WriterContext } from "../../src/dialects/dialect.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { readWire, writeWire } from "../laws/dialect-laws.js";
import { unlistedLosses } from "./answer-facts.js";
import { haveRecordings, recordedAnswers } from "./load-recording.js";

const CONTEXT: WriterContext = {
  model: "model-1",
  created: 1_700_000_000,
  request: {
    messages: [{ role: "user", content: "Hi" }],
    providerOptions: { "openai-chat": { stream_options: { include_usage: true } } },
  },
};

describe.runIf(haveRecordings())("a recorded answer, served and read again, loses nothing but what is listed", () => {
  // Steps and retractions are losses of most, and with them what was said in several answers: `round-trips.ts` has them.
  const answers = recordedAnswers().filter(({ events }) => {
    const whole = events.at(-1)?.type === "finish";
    return whole && !events.some(({ type }) => type === "retract" || type === "step-start");
  });

  test.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))("%s", (_, dialect) => {
    expect(answers.length).toBeGreaterThan(100);
    const unlisted: string[] = [];
    for (const { path, events } of answers) {
      const { events: read, error } = readWire(dialect, [writeWire(dialect, events, CONTEXT)]);
      expect(error, path).toBeUndefined();
      unlisted.push(...unlistedLosses(dialect, events, read).map((lost) => `${path}: ${lost}`));
    }
    expect(unlisted).toEqual([]);
  });
});
