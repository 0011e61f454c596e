import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { scripted } from "../../src/models/scripted.js";
import { createStreamingPipeline, type StreamingProgress } from "../../src/speech/streaming-pipeline.js";
import { voiceOf } from "../../src/speech/voices/voice-of-name.js";
import { SluiceError } from "../../src/stream/error.js";
import { collect } from "../support/collect.js";
import { failure } from "../support/failure.js";
import { TestVoice } from "./test-voice.js";

const outputDir = mkdtempSync(join(tmpdir(), "sluice-pipeline-"));
afterAll(() => rmSync(outputDir, { recursive: true, force: true }));

const model = () => scripted([["Hello there. How are", " you doing today?"]]);
const paths = (events: readonly StreamingProgress[]) =>
  events.flatMap((event) => (event.status === "audio" ? [event.path] : []));

describe("a pipeline from a prompt to files", () => {
  it("tells of text and files as they come, with the count on every event", async () => {
    const pipeline = createStreamingPipeline({
      llmProvider: model(),
      ttsProvider: new TestVoice(),
      streamingConfig: { outputDir, sentenceBufferSize: 1, joinedFile: true },
    });
    const events = await collect(pipeline.streamChatToAudio("Hi"));
    for (const event of events) {
      expect(event).toMatchObject({ message: "Hi", voice: "test/voice", audioFilesGenerated: expect.any(Number) });
    }
    const last = events.at(-1);
    expect(last).toMatchObject({
      status: "completed",
      completeText: "Hello there. How are you doing today?",
      audioFilesGenerated: 2,
      totalAudioFiles: 2,
      audioFiles: paths(events),
      joinedFile: expect.stringMatching(/speech\.wav$/),
    });
    expect(paths(events)).toHaveLength(2);
    for (const path of paths(events)) expect(existsSync(path)).toBe(true);
  });

  it("asks a conversation as well", async () => {
    const conversation = new Conversation({ model: model() });
    const pipeline = createStreamingPipeline({
      llmProvider: conversation,
      ttsProvider: new TestVoice(),
      streamingConfig: { outputDir },
    });
    await collect(pipeline.streamChatToAudio("Hi"));
    expect((await conversation.messages()).map(({ message }) => message.role)).toEqual(["user", "assistant"]);
  });

  it("never completes when a voice failed", async () => {
    const voice = new TestVoice({ fail: () => new SluiceError("authentication", "no") });
    const pipeline = createStreamingPipeline({
      llmProvider: model(),
      ttsProvider: voice,
      streamingConfig: { outputDir },
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of pipeline.streamChatToAudio("Hi")) seen.push(event.status);
    })();
    expect(await failure(reading)).toMatchObject({ code: "authentication", field: "sentences[0]" });
    expect(seen).not.toContain("completed");
  });

  it("says which sentence was left out", async () => {
    const voice = new TestVoice({
      fail: (text) => (text.startsWith("How") ? new SluiceError("rejected", "no") : undefined),
    });
    const pipeline = createStreamingPipeline({
      llmProvider: model(),
      ttsProvider: voice,
      streamingConfig: { outputDir, onVoiceError: "skip", sentenceBufferSize: 1 },
    });
    const events = await collect(pipeline.streamChatToAudio("Hi"));
    expect(events.find(({ status }) => status === "skipped")).toMatchObject({
      details: { sentence: 1, error: { code: "rejected" } },
    });
    expect(events.at(-1)).toMatchObject({ status: "completed", totalAudioFiles: 1 });
  });

  it("refuses what it does not know", () => {
    const config: object = { outputDirectory: "x" };
    expect(() =>
      createStreamingPipeline({ llmProvider: model(), ttsProvider: new TestVoice(), streamingConfig: config }),
    ).toThrow(expect.objectContaining({ field: "streamingConfig.outputDirectory" }));
    const none: object = {};
    expect(() => createStreamingPipeline({ llmProvider: none as never })).toThrow(
      expect.objectContaining({ field: "llmProvider" }),
    );
  });
});

describe("voices by name", () => {
  it.each([
    ["flite", "flite/rms"],
    ["flite/slt", "flite/slt"],
    ["openai/nova", "openai/gpt-4o-mini-tts/nova"],
    ["openai/tts-1/echo", "openai/tts-1/echo"],
    ["google/en-US-Neural2-C", "google/en-US-Neural2-C"],
    ["xtts/Ana Florence", "xtts/Ana Florence"],
  ])("%s is %s", (name, id) => {
    const env = { OPENAI_API_KEY: "k", GOOGLE_TTS_API_KEY: "k", COQUI_XTTS_URL: "http://127.0.0.1:1" };
    expect(voiceOf(name, env).id).toBe(id);
  });

  it("auto is the first that is configured, else the embedded one", () => {
    expect(voiceOf("auto", {}).id).toBe("flite/rms");
    expect(voiceOf("auto", { OPENAI_API_KEY: "k", COQUI_XTTS_URL: " " }).id).toBe("openai/gpt-4o-mini-tts/alloy");
    expect(voiceOf("auto", { OPENAI_API_KEY: "k", ELEVENLABS_API_KEY: "k" }).id).toMatch(/^elevenlabs\//);
    expect(voiceOf("auto", { OPENAI_API_KEY: "k", COQUI_XTTS_URL: "http://127.0.0.1:1" }).id).toMatch(/^xtts\//);
  });

  it("that is misspelt is refused with the nearest", () => {
    expect(() => voiceOf("flit", {})).toThrow(/flite/);
    expect(() => voiceOf("flite/bob", {})).toThrow(/flite\/slt/);
    expect(() => voiceOf("openai", {})).toThrow(expect.objectContaining({ code: "missing-key" }));
  });
});
