import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect } from "../../../../test/support/collect.js";
import { failure } from "../../../../test/support/failure.js";
import { pcmOfFloats } from "../../audio/pcm.js";
import { sherpaTranscriber, transcriberOver } from "../../listen/sherpa-transcriber.js";
import type { SherpaTts } from "./sherpa-module.js";
import { SherpaVoice, sherpaVoice } from "./sherpa-voice.js";

const installed = existsSync(join("node_modules", "sherpa-onnx-node"));
if (!installed) process.stdout.write("skipped: sherpa-onnx: sherpa-onnx-node is not installed\n");

describe.skipIf(!installed)("sherpa-onnx, itself", () => {
  it("says that there is no such model", async () => {
    const model = { vits: { model: "/none.onnx", tokens: "/none.txt" } };
    expect(await failure(sherpaVoice({ model }))).toMatchObject({ code: "invalid-argument", field: "model" });
    const whisper = { whisper: { encoder: "/none.onnx", decoder: "/none.onnx" }, tokens: "/none.txt" };
    expect(await failure(sherpaTranscriber({ model: whisper }))).toMatchObject({
      code: "invalid-argument",
      field: "model",
    });
  });
});

/** An engine in place of a model, which nobody brings: each word is a piece of audio. */
function engine() {
  const told: boolean[] = [];
  const tts: SherpaTts = {
    sampleRate: 16_000,
    async generateAsync({ text, onProgress }) {
      const samples = Float32Array.of(0.5, -2);
      for (const _ of text.split(" ")) {
        await new Promise(setImmediate);
        told.push(onProgress({ samples }));
        if (told.at(-1) === false) break;
      }
      return { samples, sampleRate: 16_000 };
    },
  };
  return { tts, told };
}

describe("a voice over sherpa-onnx's engine (one of the tests')", () => {
  it("gives audio as it is made, as samples of 16 bits", async () => {
    const { tts } = engine();
    const voice = new SherpaVoice(tts, { name: "piper/amy" });
    const chunks = await collect(voice.synthesize("One two"));
    expect(voice.format).toEqual({ mediaType: "audio/pcm", sampleRate: 16_000 });
    expect(chunks.map(({ data }) => [...new Int16Array(data.buffer)])).toEqual([
      [16_384, -32_768],
      [16_384, -32_768],
    ]);
  });

  it("ends the engine when it is told to stop", async () => {
    const { tts, told } = engine();
    const stop = new AbortController();
    const voice = new SherpaVoice(tts, {});
    const stopped = failure(
      (async () => {
        for await (const _ of voice.synthesize("word ".repeat(100), { signal: stop.signal })) stop.abort();
      })(),
    );
    expect(await stopped).toMatchObject({ code: "cancelled" });
    while (told.at(-1) !== false) await new Promise(setImmediate);
    expect(told.length).toBeLessThan(10);
  });

  it("is heard by its recogniser (one of the tests')", async () => {
    let heard = new Float32Array(0);
    const recognizer = {
      createStream: () => ({
        acceptWaveform: ({ samples }: { samples: Float32Array }) => {
          heard = Float32Array.from(samples);
        },
      }),
      decodeAsync: async () => ({ text: " Hello. " }),
    };
    expect(await transcriberOver(recognizer, "x").transcribe(pcmOfFloats(Float32Array.of(0.5, -0.25)), 16_000)).toBe(
      "Hello.",
    );
    expect([...heard].map((sample) => sample.toFixed(3))).toEqual(["0.500", "-0.250"]);
  });
});
