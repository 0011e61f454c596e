import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { scripted } from "../../src/models/scripted.js";
import { pacedOutput } from "../../src/speech/talk/paced-output.js";
import { remember, type TruncatableConversation } from "../../src/speech/talk/remember.js";
import { say } from "../../src/speech/talk/spoken-turn.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { type ChatMessage, textOf } from "../../src/stream/message.js";
import { deferred } from "../support/deferred.js";
import { failure } from "../support/failure.js";
import { ManualClock } from "../support/manual-clock.js";
import { MS_PER_CHARACTER, TestStreamingVoice, TestVoice, textOfSound } from "./test-voice.js";

const START: ChatEvent = { type: "start", id: "1", model: "test" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise(setImmediate);
}

/** What was heard of audio, character by character: the test voice writes each for 50 ms. */
function listener() {
  const pieces: { at: number; pcm: Uint8Array }[] = [];
  let stopped = 0;
  return {
    pieces,
    get stopped() {
      return stopped;
    },
    write(pcm: Uint8Array) {
      pieces.push({ at: pieces.length, pcm });
    },
    stop() {
      stopped++;
    },
  };
}

describe("output at the pace of hearing", () => {
  it("hands audio on little ahead of what is heard, and knows how much was heard", async () => {
    const clock = new ManualClock();
    const sink = listener();
    const output = pacedOutput(sink, { clock, bufferMs: 100 });
    const written = output.write(new Uint8Array(2_000), 1_000);
    await settle();
    expect(sink.pieces.length * 20).toBe(120);
    expect(output.playedMs).toBe(0);
    clock.advance(500);
    await settle();
    expect(output.playedMs).toBeGreaterThan(100);
    while (output.playedMs < 1_000) {
      clock.advance(20);
      await settle();
    }
    await written;
    await output.drained();
    expect(output.playedMs).toBe(1_000);
    expect(sink.pieces).toHaveLength(50);
  });

  it("is silent at once when it is stopped, and takes audio again", async () => {
    const clock = new ManualClock();
    const sink = listener();
    const output = pacedOutput(sink, { clock, bufferMs: 100 });
    const written = output.write(new Uint8Array(2_000), 1_000);
    await settle();
    clock.advance(50);
    output.stop();
    await written;
    expect(sink.stopped).toBe(1);
    expect(output.playedMs).toBe(50);
    clock.advance(1_000);
    await output.drained();
    expect(output.playedMs).toBe(50);
    await output.write(new Uint8Array(100), 1_000);
    clock.advance(30);
    expect(output.playedMs).toBe(80);
  });
});

/** A conversation that stores turns as the real one does: an interrupted answer with the text that had come. */
function conversation(
  pieces: readonly (string | Promise<unknown>)[],
): TruncatableConversation & { stored: ChatMessage[]; stream(): ChatStream } {
  const stored: ChatMessage[] = [{ role: "user", content: "Hi" }];
  return {
    stored,
    stream() {
      const events = (async function* () {
        let content = "";
        let finished = false;
        try {
          yield START;
          for (const piece of pieces) {
            if (typeof piece !== "string") await piece;
            else {
              content += piece;
              yield { type: "text-delta", text: piece } as const;
            }
          }
          finished = true;
          stored.push({ role: "assistant", content });
          yield FINISH;
        } finally {
          if (!finished) stored.push({ role: "assistant", content });
        }
      })();
      return ChatStream.from(events);
    },
    messages: async () => stored.map((message, index) => ({ id: String(index), message })),
    heard: async (id, chars) => {
      const message = stored[Number(id)];
      if (message?.role === "assistant" && typeof message.content === "string")
        message.content = message.content.slice(0, chars);
    },
  };
}

describe("an answer that is said aloud", () => {
  it("is over when all of it was heard, and is left as it was stored", async () => {
    const clock = new ManualClock();
    const talk = conversation(["Hello there. ", "How are you?"]);
    const turn = say(talk.stream(), {
      voice: new TestVoice({ clock }),
      output: pacedOutput(listener(), { clock }),
      clock,
      onHeard: remember(talk),
    });
    let over = false;
    void turn.over.then(() => {
      over = true;
    });
    await settle();
    expect(over).toBe(false);
    while (!over) {
      clock.advance(50);
      await settle();
    }
    expect(await turn.over).toEqual({ chars: 25, interrupted: false });
    expect(talk.stored[1]?.content).toBe("Hello there. How are you?");
  });

  it("is stopped before the first audio: nothing was heard, and the turn stays", async () => {
    const clock = new ManualClock();
    const talk = conversation(["Hello there. How are you?"]);
    const voice = new TestVoice({ clock, tookMs: () => 500 });
    const turn = say(talk.stream(), {
      voice,
      output: pacedOutput(listener(), { clock }),
      clock,
      onHeard: remember(talk),
    });
    await settle();
    expect(await turn.stop()).toEqual({ chars: 0, interrupted: true });
    expect(talk.stored).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "" },
    ]);
    expect(voice.cancelled.length).toBeGreaterThan(0);
  });

  it("says what failed, and stores what was heard before that", async () => {
    const clock = new ManualClock();
    const talk = conversation(["Hello there my friend. ", "How are you?"]);
    const voice = new TestVoice({
      clock,
      fail: (text) => (text.startsWith("How") ? new SluiceError("rejected", "no") : undefined),
    });
    const turn = say(talk.stream(), {
      voice,
      output: pacedOutput(listener(), { clock }),
      clock,
      onHeard: remember(talk),
      sentenceBufferSize: 1,
      concurrency: 1,
    });
    const failed = failure(turn.over);
    for (let ms = 0; ms < 3_000; ms += 50) {
      clock.advance(50);
      await settle();
    }
    expect(await failed).toMatchObject({ code: "rejected", field: "sentences[1]" });
    expect("Hello there my friend. How are you?".startsWith(String(talk.stored[1]?.content))).toBe(true);
  });

  it("is cut in a real conversation to what was heard, before the next question", async () => {
    const clock = new ManualClock();
    const model = scripted([["Hello there my friend. ", "How are you doing today?"], ["Bye."]]);
    const talk = new Conversation({ model });
    const options = {
      voice: new TestVoice({ clock }),
      output: pacedOutput(listener(), { clock, bufferMs: 60 }),
      clock,
      onHeard: remember(talk),
    };
    const turn = say(talk.stream("Hi"), options);
    await settle();
    for (let ms = 0; ms < 650; ms += 50) {
      await settle();
      clock.advance(50);
    }
    await turn.stop();
    await talk.stream("Stop.").fullText;
    const said = (await talk.messages()).map(({ message }) => textOf(message));
    expect(said).toEqual(["Hi", "Hello there", "Stop.", "Bye."]);
    expect(model.requests[1]?.messages.map(textOf)).toEqual(["Hi", "Hello there", "Stop."]);
  });

  it("shows text ahead of its audio, and plays nothing more of what was retracted", async () => {
    const clock = new ManualClock();
    const gate = deferred();
    const events = (async function* (): AsyncGenerator<ChatEvent> {
      yield START;
      yield { type: "text-delta", text: "This is wrong, quite wrong. And" };
      await gate.promise;
      yield { type: "retract", reason: "another model answers" };
      yield { type: "start", id: "2", model: "other" };
      yield { type: "text-delta", text: "Right." };
      yield FINISH;
    })();
    const shown: string[] = [];
    const sink = listener();
    const turn = say(ChatStream.from(events), {
      voice: new TestVoice({ clock }),
      output: pacedOutput(sink, { clock, bufferMs: 60 }),
      clock,
      onEvent: (event) => {
        if (event.type === "text-delta") shown.push(event.text);
      },
    });
    await settle();
    clock.advance(200);
    await settle();
    gate.resolve();
    let heard: unknown;
    void turn.over.then((result) => {
      heard = result;
    });
    await settle();
    expect(shown).toEqual(["This is wrong, quite wrong. And", "Right."]);
    while (heard === undefined) {
      clock.advance(50);
      await settle();
    }
    expect(heard).toEqual({ chars: 6, interrupted: false });
    const played = textOfSound(Buffer.concat(sink.pieces.map(({ pcm }) => pcm)));
    // What the output had when it was retracted was heard, and then the other answer.
    expect(played).toMatch(/^This.{0,5}Right\.$/);
  });

  it.each([
    ["a voice", TestVoice],
    ["a voice that takes text as it streams", TestStreamingVoice],
  ])("keeps exactly the words whose audio was played, at whatever millisecond %s is interrupted", async (_, Kind) => {
    const sentence = fc
      .array(fc.stringMatching(/^[a-z]{2,7}$/), { minLength: 1, maxLength: 6 })
      .map((words) => `Now ${words.join(" ")} end. `);
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 1, maxLength: 5 }),
        fc.nat(6_000),
        fc.array(fc.nat(400), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 1, max: 60 }),
        async (sentences, at, tookMs, size) => {
          const text = sentences.join("").trimEnd();
          const clock = new ManualClock();
          const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
            text.slice(index * size, index * size + size),
          );
          const talk = conversation(pieces);
          const sink = listener();
          let asked = 0;
          const voice = new Kind({ clock, tookMs: () => tookMs[asked++ % 3] ?? 0, chunks: 3 });
          const output = pacedOutput(sink, { clock, bufferMs: 60 });
          const turn = say(talk.stream(), {
            voice,
            output,
            clock,
            onHeard: remember(talk),
            sentenceBufferSize: 2,
            minChunkLength: 0,
          });
          for (let now = 0; now < at; now += 100) {
            await settle();
            clock.advance(Math.min(100, at - now));
          }
          await settle();
          // A player that was not stopped has played what it says; a stopped one drops what it had.
          const { interrupted } = await Promise.race([turn.stop(), turn.over]);
          const stored = String(talk.stored[1]?.content ?? "");
          if (!interrupted) {
            expect(stored).toBe(text);
            return;
          }
          const played = Buffer.concat(sink.pieces.map(({ pcm }) => pcm)).subarray(0, Math.round(output.playedMs) * 2);
          const heard = wordsHeard(played);
          expect(stored.split(/\s+/).filter((word) => word !== "")).toEqual(heard);
          expect(text.startsWith(stored)).toBe(true);
        },
      ),
      { numRuns: 40, seed: 15 },
    );
  });
});

/** The whole words of played audio: pieces of a text follow one another without a blank, which ends each with its full stop. */
function wordsHeard(played: Uint8Array): string[] {
  const view = new DataView(played.buffer, played.byteOffset, played.byteLength);
  const samples = played.length / 2;
  let text = "";
  for (let at = 0; at + MS_PER_CHARACTER <= samples; at += MS_PER_CHARACTER)
    text += String.fromCharCode(view.getUint16(at * 2, true));
  const cut = samples % MS_PER_CHARACTER !== 0 ? String.fromCharCode(view.getUint16((samples - 1) * 2, true)) : "";
  const words = text
    .replace(/\.(?=\S)/g, ". ")
    .split(" ")
    .filter((word) => word !== "");
  // The last word is whole where it is a full stop's, or a blank or a new sentence has begun after it.
  if (words.length > 0 && !text.endsWith(" ") && !text.endsWith(".") && cut !== " ") words.pop();
  return words;
}
