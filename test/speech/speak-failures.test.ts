import { describe, expect, it } from "vitest";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { answer, START, spoken, textDelta } from "./spoken.js";
import { TestVoice } from "./test-voice.js";

const named = (events: readonly ChatEvent[], name: string) =>
  events.flatMap((event) => (event.type === "data" && event.name === name ? [event.value] : []));

const retryable = new SluiceError("overloaded", "too much to do", { retryable: true });

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
    const events = [START, textDelta("One sentence. Another sentence that takes long. And a third.")];
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
      yield textDelta("One sentence. Another");
      throw new SluiceError("overloaded", "no more");
    })();
    const error = await failure(collect(speak(ChatStream.from(failing), { voice: new TestVoice() })));
    expect(error).toMatchObject({ code: "overloaded", partial: { text: "One sentence. Another" } });
  });
});
