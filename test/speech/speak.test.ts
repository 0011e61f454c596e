import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { SpeechOptions } from "../../src/speech/pipeline/speech-options.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { TestVoice, type TestVoiceOptions, textOfSound } from "./test-voice.js";

const START: ChatEvent = { type: "start", id: "1", model: "test" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };
const text = (piece: string): ChatEvent => ({ type: "text-delta", text: piece });

function answer(...events: (ChatEvent | string)[]): ChatStream {
  return ChatStream.from([START, ...events.map((event) => (typeof event === "string" ? text(event) : event)), FINISH]);
}

/** What is heard of a stream's events, one text a sentence. */
function heard(events: readonly ChatEvent[]): string[] {
  const sounds = new Map<number, Uint8Array[]>();
  for (const event of events) {
    if (event.type !== "audio-delta" || event.sentence === undefined) continue;
    sounds.set(event.sentence, [...(sounds.get(event.sentence) ?? []), event.data]);
  }
  return Array.from(sounds.values(), (pieces) => textOfSound(Buffer.concat(pieces)));
}

const sentences = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === "sentence" ? [event] : []));
const named = (events: readonly ChatEvent[], name: string) =>
  events.flatMap((event) => (event.type === "data" && event.name === name ? [event.value] : []));

async function spoken(stream: ChatStream, options: Partial<SpeechOptions> & { test?: TestVoiceOptions } = {}) {
  const { test, ...rest } = options;
  const voice = new TestVoice(test);
  const events = await collect(speak(stream, { voice, ...rest }));
  return { voice, events, heard: heard(events) };
}

const retryable = new SluiceError("overloaded", "too much to do", { retryable: true });

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
    expect(rest).toEqual([START, text("Hello there. How"), text(" are you doing today? Go"), text("od."), FINISH]);
    expect(events.at(-1)).toEqual(FINISH);
  });

  it("keeps the text, message and usage of the stream", async () => {
    const stream = speak(answer("One. ", "Two."), { voice: new TestVoice() });
    expect(await stream.fullText).toBe("One. Two.");
    expect(await stream.finishReason).toBe("stop");
  });

  it("begins with the first sentence, before the answer is complete", async () => {
    let complete = false;
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield text("The first sentence. The");
      await new Promise(setImmediate);
      complete = true;
      yield text(" second one.");
      yield FINISH;
    }
    for await (const event of speak(ChatStream.from(slow()), { voice: new TestVoice() })) {
      if (event.type === "audio-delta") break;
    }
    expect(complete).toBe(false);
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

  it("does not wait for the end of a sentence longer than it is told to", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice();
    let more = (_: ChatEvent) => {};
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield text("This goes on, and on wit");
      yield await new Promise<ChatEvent>((resolve) => {
        more = resolve;
      });
      yield FINISH;
    }
    const events = collect(speak(ChatStream.from(slow()), { voice, clock, maxBufferTimeMs: 500 }));
    await clock.timer(500);
    clock.advance(499);
    expect(voice.asked).toEqual([]);
    clock.advance(1);
    expect(voice.asked).toEqual(["This goes on,"]);
    more(text("hout an end."));
    expect(heard(await events)).toEqual(["This goes on,", "and on without an end."]);
  });

  it("does not let the player run out of audio while a long sentence is being written", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice({ clock, tookMs: () => 100 });
    let more = (_: string) => {};
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield text("Sure, here it is. And");
      for (;;) {
        const piece = await new Promise<string>((resolve) => {
          more = resolve;
        });
        if (piece === "") break;
        yield text(piece);
      }
      yield FINISH;
    }
    const events: ChatEvent[] = [];
    const reading = (async () => {
      for await (const event of speak(ChatStream.from(slow()), { voice, clock })) events.push(event);
    })();
    await clock.timer(100);
    clock.advance(100);
    await new Promise(setImmediate);
    // 850 ms of audio are out; 20 characters more are written each 100 ms, without the end of a sentence.
    for (let ms = 0; ms < 800; ms += 100) {
      more(" that is more, as we");
      await new Promise(setImmediate);
      clock.advance(100);
      await new Promise(setImmediate);
    }
    expect(heard(events).length).toBeGreaterThan(1);
    more("");
    while (events.at(-1)?.type !== "finish") {
      await new Promise(setImmediate);
      clock.advance(50);
    }
    await reading;
    expect(heard(events).join(" ")).toBe(`Sure, here it is. And${" that is more, as we".repeat(8)}`);
  });

  it("speaks a sentence that may be complete when nothing more comes", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice();
    const endless = (async function* () {
      yield START;
      yield text("That is all.");
      await new Promise(() => {});
    })();
    const stream = speak(ChatStream.from(endless), { voice, clock, maxBufferTimeMs: 500 });
    const reading = collect(stream).catch(() => {});
    await clock.timer(500);
    clock.advance(500);
    expect(voice.asked).toEqual(["That is all."]);
    stream.cancel();
    await reading;
  });

  it("lets short sentences wait for the next while others are spoken, but not the first", async () => {
    const { heard } = await spoken(
      answer("Sure! Here is a longer sentence for you. Ok. Yes. And this is the end of it. Bye."),
      {
        sentenceBufferSize: 1,
        concurrency: 1,
      },
    );
    expect(heard).toEqual([
      "Sure!",
      "Here is a longer sentence for you.",
      "Ok. Yes. And this is the end of it.",
      "Bye.",
    ]);
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

  it("synthesises several sentences at the same time and gives them in order", async () => {
    const clock = new ManualClock();
    const slow = (said: string) => (said.startsWith("First") ? 300 : 100);
    const voice = new TestVoice({ tookMs: slow, clock, concurrency: 3 });
    const stream = speak(answer("First sentence of the answer. Second sentence of it. Third sentence of it."), {
      voice,
      clock,
      sentenceBufferSize: 1,
    });
    const events = collect(stream);
    await clock.timer(300);
    clock.advance(100);
    await new Promise(setImmediate);
    expect(voice.mostActive).toBe(3);
    clock.advance(200);
    expect(heard(await events)).toEqual([
      "First sentence of the answer.",
      "Second sentence of it.",
      "Third sentence of it.",
    ]);
  });

  it("makes pieces larger only while unplayed audio covers their synthesis", async () => {
    const said = Array.from({ length: 12 }, (_, index) => `This is sentence number ${index}.`).join(" ");
    const slow = await spoken(answer(said), { sentenceBufferSize: 4, concurrency: 1, clock: new ManualClock() });
    expect(slow.voice.asked[0]).toBe("This is sentence number 0.");
    expect(slow.voice.asked.length).toBeLessThan(12);
    expect(slow.heard.join(" ")).toBe(said);
    const one = await spoken(answer(said), { sentenceBufferSize: 1, concurrency: 1 });
    expect(one.voice.asked).toHaveLength(12);
  });

  it("does not run ahead of what is played", async () => {
    const said = Array.from({ length: 50 }, (_, index) => `This is the sentence number ${index}. `);
    const clock = new ManualClock();
    const voice = new TestVoice({ concurrency: 1 });
    const playback = { playedMs: 0 };
    let read = 0;
    const upstream = ChatStream.from(
      (async function* () {
        yield START;
        for (const sentence of said) {
          read++;
          yield text(sentence);
        }
        yield FINISH;
      })(),
    );
    const stream = speak(upstream, { voice, clock, playback, lookAheadMs: 5_000, sentenceBufferSize: 1 });
    const events = collect(stream);
    await clock.timer(50);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    const made = voice.asked.join("").length * 50;
    expect(made).toBeGreaterThanOrEqual(5_000);
    expect(made).toBeLessThan(8_000);
    expect(read).toBeLessThan(12);
    while (voice.asked.length < 50) {
      playback.playedMs += 1_000;
      clock.advance(50);
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    }
    playback.playedMs += 100_000;
    clock.advance(50);
    expect(heard(await events)).toHaveLength(50);
  });

  it("holds what nobody reads", async () => {
    const voice = new TestVoice();
    const endless = (async function* () {
      yield START;
      for (let index = 0; ; index++) yield text(`This is the sentence number ${index}. `);
    })();
    const stream = speak(ChatStream.from(endless), { voice, lookAheadMs: 5_000 });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    expect(voice.asked.length).toBeLessThan(20);
    await reader.return?.();
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

describe("a voice that fails", () => {
  it("is tried again, and the stream says so", async () => {
    const { events, heard } = await spoken(answer("First one here. Second one here."), {
      sentenceBufferSize: 1,
      test: { fail: (said, attempt) => (said.startsWith("Second") && attempt === 1 ? retryable : undefined) },
    });
    expect(heard).toEqual(["First one here.", "Second one here."]);
    expect(named(events, "speech/retried")).toEqual([
      { sentence: 1, text: "Second one here.", attempt: 1, error: { code: "overloaded", message: "too much to do" } },
    ]);
  });

  it("ends the stream with an error that names the sentence", async () => {
    const voice = new TestVoice({ fail: (said) => (said.startsWith("Second") ? retryable : undefined) });
    const error = await failure(
      collect(speak(answer("First one here. Second one here."), { voice, sentenceBufferSize: 1 })),
    );
    expect(error).toMatchObject({ code: "overloaded", field: "sentences[1]" });
    expect(error.message).toContain(
      'sentence 1 ("Second one here.") could not be spoken, after 2 attempts: too much to do',
    );
  });

  it("skips the sentence where that is asked for, and says so", async () => {
    const { events, heard } = await spoken(answer("First one here. Second one here. Third one here."), {
      sentenceBufferSize: 1,
      onVoiceError: "skip",
      minChunkLength: 0,
      retries: 0,
      test: { fail: (said) => (said.startsWith("Second") ? retryable : undefined) },
    });
    expect(heard).toEqual(["First one here.", "Third one here."]);
    expect(named(events, "speech/skipped")).toMatchObject([{ sentence: 1, text: "Second one here.", attempts: 1 }]);
  });

  it("does not end well with nothing spoken", async () => {
    const voice = new TestVoice({ fail: () => retryable });
    const error = await failure(collect(speak(answer("One sentence. And another."), { voice, onVoiceError: "skip" })));
    expect(error.code).toBe("overloaded");
  });

  it("is not tried again once a part of the sentence was heard", async () => {
    let broken = 0;
    const voice = new TestVoice({ chunks: 2 });
    const failing = {
      id: voice.id,
      format: voice.format,
      concurrency: 1,
      maxChars: 1_000,
      async *synthesize(said: string) {
        for await (const chunk of voice.synthesize(said)) {
          yield chunk;
          broken++;
          throw retryable;
        }
      },
    };
    await failure(collect(speak(answer("One sentence."), { voice: failing })));
    expect(broken).toBe(1);
  });

  it("that makes no audio has failed", async () => {
    const voice = { ...new TestVoice(), id: "mute", async *synthesize() {} };
    expect(await failure(collect(speak(answer("One sentence."), { voice, retries: 0 })))).toMatchObject({
      code: "provider-error",
    });
  });
});

describe("leaving", () => {
  it("ends model and synthesis at once", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice({ tookMs: (said) => (said.startsWith("One") ? 0 : 1_000), clock });
    let left = false;
    const events = [START, text("One sentence. Another sentence that takes long. And a third.")];
    const upstream: AsyncIterable<ChatEvent> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          const value = events.shift();
          return value === undefined ? new Promise(() => {}) : { done: false, value };
        },
        return: async () => {
          left = true;
          return { done: true, value: undefined };
        },
      }),
    };
    for await (const event of speak(ChatStream.from(upstream), { voice, clock })) {
      if (event.type === "audio-delta") break;
      if (clock.pending.includes(0)) clock.advance(0);
    }
    expect(voice.cancelled).toEqual(["Another sentence that takes long."]);
    expect(clock.pending).toEqual([]);
    expect(left).toBe(true);
  });

  it("gives the error of the model, and speaks no further", async () => {
    const failing = (async function* () {
      yield START;
      yield text("One sentence. Another");
      throw new SluiceError("overloaded", "no more");
    })();
    const error = await failure(collect(speak(ChatStream.from(failing), { voice: new TestVoice() })));
    expect(error).toMatchObject({ code: "overloaded", partial: { text: "One sentence. Another" } });
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
