import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { SpeechOptions } from "../../src/speech/pipeline/speech-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { answer, FINISH, heard, START, spoken, textDelta } from "./spoken.js";
import { TestVoice } from "./test-voice.js";

const sentences = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === "sentence" ? [event] : []));

describe("speak", () => {
  it("adds sentences and their audio to the stream, in order, and leaves the rest as it was", async () => {
    const { events, heard } = await spoken(answer("Hello there. How", " are you doing today? Go", "od."), {
      sentenceBufferSize: 1,
    });
    expect(heard).toEqual(["Hello there.", "How are you doing today?", "Good."]);
    expect(sentences(events)).toEqual([
      { type: "sentence", index: 0, text: "Hello there.", start: 0, end: 13 },
      { type: "sentence", index: 1, text: "How are you doing today?", start: 13, end: 38 },
      { type: "sentence", index: 2, text: "Good.", start: 38, end: 43 },
    ]);
    const rest = events.filter((event) => event.type !== "sentence" && event.type !== "audio-delta");
    expect(rest).toEqual([
      START,
      textDelta("Hello there. How"),
      textDelta(" are you doing today? Go"),
      textDelta("od."),
      FINISH,
    ]);
    expect(events.at(-1)).toEqual(FINISH);
  });

  it("keeps the text, message and usage of the stream", async () => {
    const stream = speak(answer("One. ", "Two."), { voice: new TestVoice() });
    expect(await stream.fullText).toBe("One. Two.");
    expect(await stream.finishReason).toBe("stop");
  });

  it("reads Markdown as speech, and counts what it does not speak to the next sentence", async () => {
    const { events, heard } = await spoken(answer("# Title\n\n```js\nx. Y\n```\n\n**Done** it [now](http://a.b). 😀"), {
      code: "skip",
    });
    expect(heard).toEqual(["Title.", "Done it now."]);
    expect(sentences(events).map(({ start, end }) => [start, end])).toEqual([
      [0, 9],
      [9, 56],
    ]);
  });

  it("cuts a sentence that is too long at a clause or a word", async () => {
    const { heard } = await spoken(answer(`${"word ".repeat(9)}then, ${"more ".repeat(12)}end.`), {
      maxChunkLength: 60,
    });
    expect(heard.join(" ")).toBe(`${"word ".repeat(9)}then, ${"more ".repeat(12)}end.`);
    expect(heard[0]).toBe(`${"word ".repeat(9)}then,`);
    for (const part of heard) expect(part.length).toBeLessThanOrEqual(60);
  });

  it("speaks what comes before a tool call without waiting for more", async () => {
    const call: ChatEvent = { type: "tool-call", callId: "c", name: "look", input: {} };
    const result: ChatEvent = { type: "tool-result", callId: "c", name: "look", output: 1 };
    const { events, heard } = await spoken(answer("Let me look", call, result, "Here it is."));
    expect(heard).toEqual(["Let me look", "Here it is."]);
    expect(sentences(events).map(({ start, end }) => [start, end])).toEqual([
      [0, 11],
      [11, 22],
    ]);
  });

  it("takes back what was not heard of an answer that is void", async () => {
    const retract: ChatEvent = { type: "retract", reason: "again" };
    const clock = new ManualClock();
    const voice = new TestVoice({ tookMs: () => 100, clock });
    const stream = speak(
      answer("This answer is void. It was wrong.", retract, { ...START, id: "2" }, "This one is right."),
      { voice, clock },
    );
    const events = collect(stream);
    await clock.timer(100);
    clock.advance(100);
    const all = await events;
    expect(heard(all)).toEqual(["This one is right."]);
    expect(sentences(all)).toMatchObject([{ start: 0, end: 18 }]);
    expect(voice.cancelled).toContain("This answer is void.");
  });
});

describe("any answer", () => {
  it("is spoken whole, in order, whatever the pieces of its text and however long each sentence takes", async () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{2,7}$/), { minLength: 1, maxLength: 9 });
    const sentence = words.map((all) => `Now ${all.join(" ")} end. `);
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(300), { maxLength: 10 }),
        fc.array(fc.nat(50), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (all, places, times, concurrency, sentenceBufferSize) => {
          const whole = all.join("").trimEnd();
          const cuts = [0, ...places.filter((place) => place < whole.length).sort((a, b) => a - b), whole.length];
          const pieces = cuts.slice(1).map((to, index) => whole.slice(cuts[index], to));
          const clock = new ManualClock();
          let turn = 0;
          const voice = new TestVoice({ clock, tookMs: () => times[turn++ % 8] ?? 0, concurrency, chunks: 2 });
          const events = collect(speak(answer(...pieces), { voice, clock, sentenceBufferSize, maxChunkLength: 50 }));
          let done = false;
          void events.then(() => {
            done = true;
          });
          while (!done) {
            clock.advance(1);
            await new Promise(setImmediate);
          }
          const out = await events;
          expect(heard(out).join(" ")).toBe(whole);
          const marks = sentences(out);
          expect(marks.map(({ index }) => index)).toEqual(marks.map((_, index) => index));
          expect(marks[0]?.start).toBe(0);
          expect(marks.at(-1)?.end).toBe(whole.length);
          for (const [index, mark] of marks.slice(1).entries()) expect(mark.start).toBe(marks[index]?.end);
        },
      ),
      { numRuns: 40, seed: 15 },
    );
  });
});

it("refuses options that it does not know, before anything is asked", () => {
  const voice = new TestVoice();
  const misspelt: object = { voice, sentenceBuferSize: 1 };
  expect(() => speak(answer("x"), misspelt as SpeechOptions)).toThrow(
    expect.objectContaining({ field: "sentenceBuferSize" }),
  );
  expect(() => speak(answer("x"), { voice, maxChunkLength: 3 })).toThrow(
    expect.objectContaining({ field: "maxChunkLength" }),
  );
  const none: object = { voice: "flite" };
  expect(() => speak(answer("x"), none as SpeechOptions)).toThrow(expect.objectContaining({ field: "voice" }));
});
