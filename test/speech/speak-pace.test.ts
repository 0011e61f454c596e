import { describe, expect, it } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { answer, FINISH, heard, START, spoken, textDelta } from "./spoken.js";
import { TestVoice } from "./test-voice.js";

describe("the pace of speech", () => {
  it("begins with the first sentence, before the answer is complete", async () => {
    let complete = false;
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield textDelta("The first sentence. The");
      await new Promise(setImmediate);
      complete = true;
      yield textDelta(" second one.");
      yield FINISH;
    }
    for await (const event of speak(ChatStream.from(slow()), { voice: new TestVoice() })) {
      if (event.type === "audio-delta") break;
    }
    expect(complete).toBe(false);
  });

  it("does not wait for the end of a sentence longer than it is told to", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice();
    let more = (_: ChatEvent) => {};
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield textDelta("This goes on, and on wit");
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
    more(textDelta("hout an end."));
    expect(heard(await events)).toEqual(["This goes on,", "and on without an end."]);
  });

  it("does not let the player run out of audio while a long sentence is being written", async () => {
    const clock = new ManualClock();
    const voice = new TestVoice({ clock, tookMs: () => 100 });
    let more = (_: string) => {};
    async function* slow(): AsyncGenerator<ChatEvent> {
      yield START;
      yield textDelta("Sure, here it is. And");
      for (;;) {
        const piece = await new Promise<string>((resolve) => {
          more = resolve;
        });
        if (piece === "") break;
        yield textDelta(piece);
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
      yield textDelta("That is all.");
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
          yield textDelta(sentence);
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
      for (let index = 0; ; index++) yield textDelta(`This is the sentence number ${index}. `);
    })();
    const stream = speak(ChatStream.from(endless), { voice, lookAheadMs: 5_000 });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    expect(voice.asked.length).toBeLessThan(20);
    await reader.return?.();
  });
});
