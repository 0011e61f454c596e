import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeardText } from "../../src/speech/heard/heard-text.js";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { collect } from "../support/collect.js";
import { MS_PER_CHARACTER, TestVoice, type TestVoiceOptions } from "./test-voice.js";

async function spoken(
  pieces: readonly string[],
  options: TestVoiceOptions = {},
  sentenceBufferSize = 1,
): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [
    { type: "start", id: "1", model: "test" },
    ...pieces.map((text): ChatEvent => ({ type: "text-delta", text })),
    { type: "finish", reason: "stop", usage: {} },
  ];
  const voice = new TestVoice({ chunks: 3, ...options });
  return collect(speak(ChatStream.from(events), { voice, sentenceBufferSize, minChunkLength: 0 }));
}

function heardAfter(events: readonly ChatEvent[], ms: number): number {
  const heard = new HeardText();
  for (const event of events) heard.push(event);
  return heard.chars(ms);
}

describe("what was heard", () => {
  it("is whole words, in order, at any millisecond", async () => {
    const text = "Hello there. How are you today? Fine.";
    const events = await spoken([text]);
    const heard = new HeardText();
    for (const event of events) heard.push(event);
    const at = new Map<number, string>();
    for (let ms = 0; ms <= heard.audioMs; ms += 10) at.set(ms, text.slice(0, heard.chars(ms)));
    expect(new Set(Array.from(at.values(), (prefix) => prefix.trim()))).toEqual(
      new Set([
        "",
        "Hello",
        "Hello there.",
        "Hello there. How",
        "Hello there. How are",
        "Hello there. How are you",
        "Hello there. How are you today?",
        text,
      ]),
    );
    expect(at.get(0)).toBe("");
    expect(at.get(5 * MS_PER_CHARACTER)).toBe("Hello");
  });

  it("ends at the same letter behind letters that are longer in their small form", async () => {
    const text = "İİİİ İzmir is far away.";
    const events = await spoken([text]);
    const heard = new HeardText();
    for (const event of events) heard.push(event);
    const ends = new Set<string>();
    for (let ms = 0; ms <= heard.audioMs; ms += 10) ends.add(text.slice(0, heard.chars(ms)).trim());
    expect([...ends]).toEqual(["", "İİİİ", "İİİİ İzmir", "İİİİ İzmir is", "İİİİ İzmir is far", text]);
  });

  it("is all of it once everything was played, with what is not spoken", async () => {
    const events = await spoken(["Look at this.\n\n```\ncode\n```\n"]);
    const whole = "Look at this.\n\n```\ncode\n```\n".length;
    expect(heardAfter(events, 1e9)).toBe(whole);
    expect(heardAfter(events, 0)).toBe(0);
  });

  it("follows Markdown to the text that was written", async () => {
    const text = "See **the [docs](http://a.b/c)** now please.";
    const events = await spoken([text]);
    expect(text.slice(0, heardAfter(events, "See the docs".length * MS_PER_CHARACTER))).toBe(
      "See **the [docs](http://a.b/c)**",
    );
    expect(text.slice(0, heardAfter(events, "See the docs now".length * MS_PER_CHARACTER))).toContain("now");
  });

  it("is estimated where the voice does not say when words are heard", async () => {
    const events = await spoken(["One two three four."], { marks: false });
    const text = "One two three four.";
    expect(text.slice(0, heardAfter(events, 8 * MS_PER_CHARACTER))).toBe("One two");
  });

  it("is nothing of what was taken back", async () => {
    const heard = new HeardText();
    const events: ChatEvent[] = [
      { type: "start", id: "1", model: "test" },
      { type: "text-delta", text: "Wrong answer." },
      { type: "sentence", index: 0, text: "Wrong answer.", start: 0, end: 13 },
      { type: "audio-delta", data: new Uint8Array(2_000), mediaType: "audio/pcm", sampleRate: 1_000, sentence: 0 },
      { type: "retract", reason: "again" },
      { type: "start", id: "2", model: "test" },
      { type: "text-delta", text: "Right." },
      { type: "sentence", index: 1, text: "Right.", start: 0, end: 6 },
      { type: "audio-delta", data: new Uint8Array(2_000), mediaType: "audio/pcm", sampleRate: 1_000, sentence: 1 },
    ];
    for (const event of events) heard.push(event);
    expect(heard.chars(1_000)).toBe(0);
    heard.push({ type: "finish", reason: "stop", usage: {} });
    expect(heard.chars(2_000)).toBe(6);
  });

  it("never goes back, and never beyond what was played, for any answer", async () => {
    const sentence = fc
      .array(fc.stringMatching(/^[a-z]{2,7}$/), { minLength: 1, maxLength: 6 })
      .map((words) => `Now ${words.join(" ")}. `);
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        async (all, size) => {
          const text = all.join("").trimEnd();
          const events = await spoken([text], {}, size);
          const heard = new HeardText();
          for (const event of events) heard.push(event);
          let before = 0;
          for (let ms = 0; ms <= heard.audioMs + 100; ms += 50) {
            const chars = heard.chars(ms);
            expect(chars).toBeGreaterThanOrEqual(before);
            before = chars;
            const prefix = text.slice(0, chars).trimEnd();
            // Audio of the test voice is as long as its text, and a piece has one blank less than the answer.
            expect(prefix.length * MS_PER_CHARACTER).toBeLessThanOrEqual(ms + all.length * MS_PER_CHARACTER);
            expect(
              text.startsWith(prefix) && (prefix === "" || prefix === text || /[\s]/.test(text.charAt(prefix.length))),
            ).toBe(true);
          }
          expect(before).toBe(text.length);
        },
      ),
      { numRuns: 30, seed: 15 },
    );
  });
});
