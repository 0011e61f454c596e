import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readWav } from "../../src/speech/audio/wav.js";
import { AudioFiles } from "../../src/speech/files/audio-files.js";
import { speak } from "../../src/speech/pipeline/speak.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { TestVoice, textOfSound } from "./test-voice.js";

const outputDir = mkdtempSync(join(tmpdir(), "sluice-speech-"));
afterAll(() => rmSync(outputDir, { recursive: true, force: true }));

const START: ChatEvent = { type: "start", id: "1", model: "test" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: {} };

function spoken(text: string, mediaType?: string): ChatStream {
  const voice = new TestVoice({ chunks: 2, ...(mediaType !== undefined && { mediaType }) });
  const answer = ChatStream.from([START, { type: "text-delta", text }, FINISH]);
  return speak(answer, { voice, sentenceBufferSize: 1, minChunkLength: 0 });
}

describe("files of a spoken stream", () => {
  it("are whole, in order, and one of everything where that is asked for", async () => {
    const files = new AudioFiles({ outputDir, joinedFile: true });
    const seen: string[] = [];
    for await (const event of spoken("One is here. Two is here. Three.")) {
      const file = await files.push(event);
      if (file !== undefined) seen.push(file.text);
    }
    const joined = await files.end();
    expect(seen).toEqual(["One is here.", "Two is here.", "Three."]);
    expect(readdirSync(files.folder).sort()).toEqual(["chunk_001.wav", "chunk_002.wav", "chunk_003.wav", "speech.wav"]);
    for (const { path, text, mediaType, durationMs } of files.files) {
      const wav = readWav(readFileSync(path));
      expect(mediaType).toBe("audio/wav");
      expect(wav).toMatchObject({ sampleRate: 1_000, channels: 1, bitsPerSample: 16, float: false });
      expect(textOfSound(wav?.data ?? new Uint8Array(0))).toBe(text);
      expect(durationMs).toBe(text.length * 50);
    }
    const whole = readWav(readFileSync(joined?.path ?? ""));
    expect(textOfSound(whole?.data ?? new Uint8Array(0))).toBe("One is here.Two is here.Three.");
    expect(joined?.durationMs).toBe(30 * 50);
  });

  it("have a folder of their own for each run", async () => {
    const [a, b] = [new AudioFiles({ outputDir }), new AudioFiles({ outputDir })];
    for (const files of [a, b]) for await (const event of spoken("Hello there.")) await files.push(event);
    expect(a.folder).not.toBe(b.folder);
    expect(readdirSync(a.folder)).toEqual(["chunk_001.wav"]);
    expect(readdirSync(b.folder)).toEqual(["chunk_001.wav"]);
  });

  it("are whole when the run is stopped, and only those of complete sentences", async () => {
    const files = new AudioFiles({ outputDir, joinedFile: true });
    let sounds = 0;
    for await (const event of spoken("One is here. Two is here. Three.")) {
      await files.push(event);
      if (event.type === "audio-delta" && ++sounds === 3) break;
    }
    await files.end();
    expect(readdirSync(files.folder).sort()).toEqual(["chunk_001.wav", "speech.wav"]);
    expect(textOfSound(readWav(readFileSync(join(files.folder, "speech.wav")))?.data ?? new Uint8Array(0))).toBe(
      "One is here.",
    );
  });

  it("are named by the format that they really have", async () => {
    const files = new AudioFiles({ outputDir });
    const events: ChatEvent[] = [
      { type: "sentence", index: 0, text: "Hi.", start: 0, end: 3 },
      { type: "audio-delta", data: Buffer.from("ID3\x04rest"), mediaType: "audio/ogg", sentence: 0 },
      FINISH,
    ];
    for (const event of events) await files.push(event);
    expect(files.files).toMatchObject([{ mediaType: "audio/mpeg", path: expect.stringMatching(/chunk_001\.mp3$/) }]);
    for await (const event of spoken("Hi there.", "audio/flac")) await files.push(event);
    expect(files.files[1]?.path).toMatch(/chunk_002\.flac$/);
  });

  it("that cannot be written are an error", async () => {
    const files = new AudioFiles({ outputDir: "/dev/null/nowhere" });
    await files.push({ type: "audio-delta", data: new Uint8Array(2), mediaType: "audio/pcm", sampleRate: 8_000 });
    await expect(files.push(FINISH)).rejects.toMatchObject({ code: "store-failed" });
  });
});
