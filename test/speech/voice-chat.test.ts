import { describe, expect, it } from "vitest";
import { fvad } from "../../src/speech/listen/fvad.js";
import { looksComplete } from "../../src/speech/listen/looks-complete.js";
import { openAiTranscriber, type Transcriber } from "../../src/speech/listen/transcriber.js";
import { Utterances } from "../../src/speech/listen/utterances.js";
import type { VoiceDetector } from "../../src/speech/listen/voice-detector.js";
import { pacedOutput } from "../../src/speech/talk/paced-output.js";
import { type VoiceChatEvent, type VoiceChatOptions, voiceChat } from "../../src/speech/talk/voice-chat.js";
import { flite } from "../../src/speech/voices/flite/flite.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { collect } from "../support/collect.js";
import { ManualClock } from "../support/manual-clock.js";
import { TestVoice } from "./test-voice.js";
import { serveVoice } from "./voice-server.js";

/** Speech is audio whose samples are not 0; each piece lasts 10 ms at 1,000 samples a second. */
const detector: VoiceDetector = {
  sampleRate: 1_000,
  frameBytes: 20,
  frameMs: 10,
  isSpeech: (frame) => frame.some((byte) => byte !== 0),
  close: () => {},
};
const silence = (ms: number) => new Uint8Array(ms * 2);
const speech = (ms: number, word = 1) => new Uint8Array(ms * 2).fill(word);

/** Writes down the words that stand for the values of the samples. */
function transcriberOf(words: Readonly<Record<number, string>>): Transcriber {
  return {
    id: "test",
    transcribe: async (pcm) => words[pcm.find((byte) => byte !== 0) ?? 0] ?? "",
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise(setImmediate);
}

describe("what somebody says", () => {
  it("is found in audio that comes in pieces of any size", () => {
    const audio = Buffer.concat([
      silence(300),
      speech(400),
      silence(200),
      speech(200),
      silence(700),
      speech(50),
      silence(300),
    ]);
    for (const size of [2, 7, 20, 333, audio.length]) {
      const utterances = new Utterances(detector, { startMs: 100, pauseMs: 500, leadInMs: 50 });
      const events = [];
      for (let at = 0; at < audio.length; at += size) events.push(...utterances.push(audio.subarray(at, at + size)));
      events.push(...utterances.end());
      expect(events.map(({ type, atMs }) => [type, atMs])).toEqual([
        ["speech-start", 300],
        ["speech-end", 1_100],
      ]);
      const [, end] = events;
      expect(end?.type === "speech-end" && end.pcm.length / 2).toBeGreaterThan(1_300);
    }
  });

  it("is cut where it goes on for too long, and ends with the audio", () => {
    const utterances = new Utterances(detector, { longestMs: 1_000, startMs: 100 });
    const events = [...utterances.push(speech(2_500)), ...utterances.end()];
    expect(events.map(({ type }) => type)).toEqual([
      "speech-start",
      "speech-end",
      "speech-start",
      "speech-end",
      "speech-start",
      "speech-end",
    ]);
  });

  it.each([
    ["What time is it?", true],
    ["Tell me a story.", true],
    ["Tell me a story about the", false],
    ["I would like to", false],
    ["Stop that.", true],
    ["Well, um...", false],
    ["and then I,", false],
    ["Erzähl mir etwas von der", false],
    ["今天天气怎么样？", true],
    ["", false],
  ])("%j looks complete: %s", (text, complete) => expect(looksComplete(text)).toBe(complete));

  it("is told from silence and noise by fvad", async () => {
    const voice = flite({ workers: 1 });
    const chunks = await collect(voice.synthesize("The birch canoe slid on the smooth planks."));
    await voice.close?.();
    const said = Buffer.concat(chunks.map(({ data }) => data));
    const noise = Buffer.alloc(32_000);
    let seed = 1;
    for (let at = 0; at < noise.length; at += 2) {
      seed = (seed * 48_271) % 2_147_483_647;
      noise.writeInt16LE((seed % 40) - 20, at);
    }
    const found = await fvad();
    const utterances = new Utterances(found);
    const events = [...utterances.push(Buffer.concat([noise, said, noise])), ...utterances.end()];
    found.close();
    expect(events.map(({ type }) => type)).toEqual(["speech-start", "speech-end"]);
    const [start, end] = events;
    expect(Math.abs((start?.atMs ?? 0) - 1_000)).toBeLessThan(200);
    expect(Math.abs((end?.atMs ?? 0) - (1_000 + said.length / 32))).toBeLessThan(500);
  });
});

/** An agent that answers each text, and remembers what it was told. */
function agentOf(answer: string) {
  const told: string[] = [];
  return {
    told,
    stream(text: string): ChatStream {
      told.push(text);
      const events: ChatEvent[] = [
        { type: "start", id: "1", model: "test" },
        { type: "text-delta", text: answer },
        { type: "finish", reason: "stop", usage: {} },
      ];
      return ChatStream.from(events);
    },
  };
}

/** A microphone that a test speaks into. */
function microphone() {
  const pieces: Uint8Array[] = [];
  let wake = () => {};
  let over = false;
  return {
    async hear(pcm: Uint8Array): Promise<void> {
      for (let at = 0; at < pcm.length; at += 200) pieces.push(pcm.subarray(at, at + 200));
      wake();
      await settle();
    },
    close(): void {
      over = true;
      wake();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) yield piece;
        else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

function chat(words: Readonly<Record<number, string>>, options: Partial<VoiceChatOptions> = {}) {
  const clock = new ManualClock();
  const input = microphone();
  const events: VoiceChatEvent[] = [];
  const agent = agentOf("This is a rather long answer that goes on.");
  const output = pacedOutput({ write: () => {} }, { clock, bufferMs: 100 });
  const done = voiceChat({
    agent,
    input,
    output,
    detector,
    speech: { voice: new TestVoice({ clock }), clock },
    transcriber: transcriberOf(words),
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const types = () => events.filter(({ type }) => type !== "answer").map(({ type }) => type);
  return { clock, input, events, agent, output, done, types };
}

describe("a conversation by voice", () => {
  it("answers what somebody said, and ends when the input is over and the answer was heard", async () => {
    const { clock, input, agent, done, types, output } = chat({ 1: "What is it?" });
    await input.hear(speech(300));
    expect(agent.told).toEqual([]);
    await input.hear(silence(600));
    expect(agent.told).toEqual(["What is it?"]);
    input.close();
    while (output.playedMs < 42 * 50) {
      clock.advance(50);
      await settle();
    }
    await done;
    expect(types()).toEqual(["speech-start", "transcript", "answered"]);
  });

  it("waits for somebody who pauses in mid-sentence, but not for ever", async () => {
    const { input, agent, done } = chat({ 1: "Tell me about the", 2: "weather." }, { echoCancelled: true });
    await input.hear(speech(300, 1));
    await input.hear(silence(700));
    expect(agent.told).toEqual([]);
    await input.hear(speech(300, 2));
    await input.hear(silence(700));
    expect(agent.told).toEqual(["Tell me about the weather."]);
    await input.hear(speech(300, 1));
    await input.hear(silence(1_000));
    expect(agent.told).toHaveLength(1);
    await input.hear(silence(1_500));
    expect(agent.told[1]).toBe("Tell me about the");
    void done.catch(() => {});
  });

  it("is silent at once when somebody speaks, and answers them once what was heard is stored", async () => {
    const order: string[] = [];
    const { clock, input, agent, events, output, done } = chat(
      { 1: "What is it?", 2: "Stop that." },
      {
        echoCancelled: true,
        onHeard: ({ chars, interrupted }) => void order.push(`${interrupted ? "interrupted" : "whole"} ${chars > 0}`),
      },
    );
    await input.hear(speech(300, 1));
    await input.hear(silence(600));
    for (let ms = 0; ms < 600; ms += 50) {
      clock.advance(50);
      await settle();
    }
    await input.hear(speech(300, 2));
    const { playedMs } = output;
    clock.advance(1_000);
    await settle();
    expect(output.playedMs).toBe(playedMs);
    await input.hear(silence(600));
    expect(order).toEqual(["interrupted true"]);
    expect(agent.told).toEqual(["What is it?", "Stop that."]);
    const answered = events.find((event) => event.type === "answered");
    expect(answered).toMatchObject({ heard: { interrupted: true } });
    void done.catch(() => {});
  });

  it("goes on where it was after a noise without words", async () => {
    const { clock, input, agent, output, done } = chat({ 1: "What is it?" }, { echoCancelled: true });
    await input.hear(speech(300, 1));
    await input.hear(silence(600));
    clock.advance(300);
    await settle();
    await input.hear(speech(300, 9));
    const { playedMs } = output;
    clock.advance(500);
    await settle();
    expect(output.playedMs).toBe(playedMs);
    await input.hear(silence(600));
    input.close();
    while (output.playedMs < 42 * 50) {
      clock.advance(50);
      await settle();
    }
    await done;
    expect(output.playedMs).toBe(42 * 50);
    expect(agent.told).toHaveLength(1);
  });

  it("does not take its own voice for somebody's where the microphone hears it", async () => {
    const { clock, input, agent, output, done } = chat({ 1: "What is it?", 2: "This is a rather long answer" });
    await input.hear(speech(300, 1));
    await input.hear(silence(600));
    await input.hear(speech(600, 2));
    await input.hear(silence(600));
    expect(agent.told).toEqual(["What is it?"]);
    while (output.playedMs < 42 * 50) {
      clock.advance(50);
      await settle();
    }
    await input.hear(speech(300, 1));
    await input.hear(silence(600));
    expect(agent.told).toHaveLength(2);
    void done.catch(() => {});
  });
});

describe("transcription", () => {
  it("sends audio as a file and reads its text", async () => {
    const server = await serveVoice((_, response) => void response.end(JSON.stringify({ text: " Hello there. " })));
    try {
      const transcriber = openAiTranscriber({ baseUrl: server.url, apiKey: "k", language: "en" });
      expect(await transcriber.transcribe(new Uint8Array([1, 2, 3, 4]), 16_000)).toBe("Hello there.");
      const [asked] = server.received;
      expect(asked).toMatchObject({ url: "/audio/transcriptions", headers: { authorization: "Bearer k" } });
      const form = await new Response(Uint8Array.from(asked?.body ?? []), {
        headers: { "content-type": String(asked?.headers["content-type"]) },
      }).formData();
      expect(form.get("model")).toBe("gpt-4o-mini-transcribe");
      expect(form.get("language")).toBe("en");
      const file = form.get("file");
      expect(file instanceof File && file.size).toBe(48);
    } finally {
      await server.close();
    }
  });

  it("that is no text is an error", async () => {
    const server = await serveVoice((_, response) => void response.end("{}"));
    try {
      await expect(
        openAiTranscriber({ baseUrl: server.url }).transcribe(new Uint8Array(2), 8_000),
      ).rejects.toMatchObject({
        code: "malformed-frame",
      });
    } finally {
      await server.close();
    }
  });
});
