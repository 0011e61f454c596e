import { createHash } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "../../../../test/support/collect.js";
import { failure } from "../../../../test/support/failure.js";
import type { AudioChunk, WordMark } from "../voice.js";
import { flite } from "./flite.js";

const voice = flite({ workers: 1 });
const bytesOf = (chunks: readonly AudioChunk[]) => Buffer.concat(chunks.map(({ data }) => data));
const wordsOf = (chunks: readonly AudioChunk[]): WordMark[] => chunks.flatMap(({ words = [] }) => words);

afterAll(() => voice.close?.());

describe("flite", () => {
  it("speaks, the same each time, and says when each word is heard", async () => {
    const text = "Hello world, this is a test.";
    const [once, again] = await Promise.all([collect(voice.synthesize(text)), collect(voice.synthesize(text))]);
    const hash = (chunks: readonly AudioChunk[]) => createHash("sha1").update(bytesOf(chunks)).digest("hex");
    expect(hash(once)).toBe(hash(again));
    const durationMs = bytesOf(once).length / 2 / 16;
    expect(durationMs).toBeGreaterThan(1_500);
    const words = wordsOf(once);
    expect(words.map((word) => word.text)).toEqual(["Hello", "world,", "this", "is", "a", "test."]);
    let at = 0;
    for (const { startMs, endMs } of words) {
      expect(startMs).toBeGreaterThanOrEqual(at);
      expect(endMs).toBeGreaterThan(startMs);
      at = endMs;
    }
    expect(at).toBeLessThanOrEqual(durationMs);
  });

  it("is about as loud in each of its voices, and never too loud", async () => {
    for (const name of ["rms", "slt", "awb", "kal16", "kal"] as const) {
      const one = flite({ voice: name, workers: 1 });
      const bytes = bytesOf(await collect(one.synthesize("The birch canoe slid on the smooth planks.")));
      await one.close?.();
      const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      let power = 0;
      let peak = 0;
      for (const sample of samples) {
        power += sample * sample;
        peak = Math.max(peak, Math.abs(sample));
      }
      const level = 10 * Math.log10(power / samples.length / 32_768 ** 2);
      expect(level, name).toBeGreaterThan(-26);
      expect(level, name).toBeLessThan(-19);
      expect(peak, name).toBeLessThanOrEqual(29_204);
    }
  });

  it("speaks faster and higher where that is asked for", async () => {
    const fast = flite({ speed: 2, pitchHz: 200, workers: 1 });
    const [slow, quick] = await Promise.all([
      collect(voice.synthesize("One two three four five.")),
      collect(fast.synthesize("One two three four five.")),
    ]);
    await fast.close?.();
    expect(bytesOf(quick).length).toBeLessThan(bytesOf(slow).length * 0.65);
  });

  it("speaks long text in parts, with the times of all words", async () => {
    const text = `${"word ".repeat(150)}${"a".repeat(200)}.`;
    const chunks = await collect(voice.synthesize(text));
    const words = wordsOf(chunks);
    expect(words.length).toBe(154);
    const times = words.map((word) => word.startMs);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(times.at(-1) ?? 0).toBeLessThan(bytesOf(chunks).length / 32);
  });

  it("says what it cannot speak, and speaks what it can write in ASCII", async () => {
    const refused = await failure(collect(voice.synthesize("Привет, как дела?")));
    expect(refused).toMatchObject({ code: "unsupported", model: "flite/rms" });
    const words = wordsOf(await collect(voice.synthesize("Café “naïve” — 20 €")));
    expect(words.map((word) => word.text).join(" ")).toBe('Cafe "naive" 20 euros');
  });

  it("says what of a text it has left out", async () => {
    const chunks = await collect(voice.synthesize("The word is Привет."));
    expect(chunks.map(({ unspoken }) => unspoken).join("")).toBe("Привет");
    expect(bytesOf(chunks).length).toBeGreaterThan(0);
  });

  it("makes no audio of what says nothing", async () => {
    for (const nothing of ["", " ", "...", "—"]) expect(await collect(voice.synthesize(nothing))).toEqual([]);
  });

  it("stops at once when it is told to, and speaks again after that", async () => {
    const stop = new AbortController();
    const stopped = failure(collect(voice.synthesize("a ".repeat(150), { signal: stop.signal })));
    stop.abort("enough");
    expect(await stopped).toMatchObject({ code: "cancelled" });
    expect((await collect(voice.synthesize("Hi."))).length).toBeGreaterThan(0);
  });

  it("refuses settings that it does not know", () => {
    const misspelt: object = { voise: "rms" };
    expect(() => flite(misspelt)).toThrow(expect.objectContaining({ code: "invalid-argument", field: "voise" }));
    expect(() => flite({ speed: 0 })).toThrow(expect.objectContaining({ field: "speed" }));
  });
});
