import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { collect } from "../../../../test/support/collect.js";
import { failure } from "../../../../test/support/failure.js";
import { espeak } from "./espeak.js";

const installed = existsSync(join("node_modules", "@echogarden", "espeak-ng-emscripten"));
if (!installed) process.stdout.write("skipped: espeak: @echogarden/espeak-ng-emscripten is not installed\n");

describe.skipIf(!installed)("espeak", () => {
  const voice = espeak({ voice: "de" });
  afterAll(() => voice.close?.());

  it("speaks another language, and says when each word is heard", async () => {
    const chunks = await collect(voice.synthesize("Guten Tag, wie geht es Ihnen?"));
    const bytes = chunks.reduce((sum, { data }) => sum + data.length, 0);
    const words = chunks.flatMap(({ words: some = [] }) => some);
    expect(words.map(({ text }) => text)).toEqual(["Guten", "Tag", "wie", "geht", "es", "Ihnen"]);
    let at = 0;
    for (const { startMs, endMs } of words) {
      expect(startMs).toBeGreaterThanOrEqual(at);
      expect(endMs).toBeGreaterThan(startMs);
      at = endMs;
    }
    expect(at).toBeCloseTo(bytes / 2 / 22.05, 0);
    expect(at).toBeGreaterThan(1_000);
  });

  it("says that there is no such voice, and makes no audio of nothing", async () => {
    const none = espeak({ voice: "klingonisch" });
    expect(await failure(collect(none.synthesize("Hi.")))).toMatchObject({
      code: "provider-error",
      message: expect.stringContaining("klingonisch"),
    });
    await none.close?.();
    expect(await collect(voice.synthesize(" … "))).toEqual([]);
  });

  it("stops at once when it is told to, and speaks again after that", async () => {
    const stop = new AbortController();
    const stopped = failure(collect(voice.synthesize("wort ".repeat(300), { signal: stop.signal })));
    await new Promise(setImmediate);
    stop.abort("enough");
    expect(await stopped).toMatchObject({ code: "cancelled" });
    expect((await collect(voice.synthesize("Hallo."))).length).toBeGreaterThan(0);
  });
});
