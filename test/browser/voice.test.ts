import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Voice } from "../../src/speech/voices/voice.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying } from "./world.js";

const SAMPLE_RATE = 16_000;

describe.skipIf(NO_BROWSER !== undefined)("the voice", () => {
  const spoken: string[] = [];
  let secondsEach = 0.2;
  let browser: TestBrowser;
  let serving: Serving;
  /** A quiet tone for each sentence. */
  const voice: Voice = {
    id: "tone",
    concurrency: 4,
    maxChars: 1_000,
    format: { mediaType: "audio/pcm", sampleRate: SAMPLE_RATE },
    async *synthesize(text) {
      spoken.push(text);
      yield { data: new Uint8Array(SAMPLE_RATE * 2 * secondsEach) };
    },
  };
  beforeAll(async () => {
    browser = await TestBrowser.open();
    serving = await serveApp({
      models: {
        speaker: saying("First **sentence** here. The [second](https://example.com) one follows. And a third."),
      },
      voices: { tone: voice },
      transcribers: { ear: { id: "ear", transcribe: async (pcm) => (pcm.length > 0 ? "what I said" : "nothing") } },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
  });

  test("sentences are spoken in order as they come, with captions, and stop at once", async () => {
    const { page, problems, close } = await browser.page(serving.url);
    const chat = new ChatDriver(page);
    await chat.button("Speak the answers").click();
    await page.evaluate(() => {
      const captions = new Set<string>();
      Reflect.set(window, "captions", captions);
      new MutationObserver(() => {
        const shown = document.querySelector(".caption > span")?.textContent ?? "";
        if (shown !== "…" && shown !== "") captions.add(shown);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await chat.ask("Go");
    await page.waitForFunction(() => Reflect.get(window, "captions").size === 3);
    await page.locator(".caption").waitFor({ state: "detached" });
    expect(await page.evaluate(() => [...Reflect.get(window, "captions")])).toEqual(spoken);
    expect(spoken).toEqual(["First sentence here.", "The second one follows.", "And a third."]);
    // A long sound is cut off in its middle.
    secondsEach = 600;
    await chat.button("Read aloud").click();
    await page.locator(".caption").getByText("First sentence here.").waitFor();
    await page.locator("body").press("Escape");
    await page.locator(".caption").waitFor({ state: "detached" });
    expect(problems).toEqual([]);
    await close();
  });

  test("what is said is written down where one writes", async () => {
    const { page, close } = await browser.page(serving.url, { permissions: ["microphone"] });
    const chat = new ChatDriver(page);
    await chat.button("Dictate").click();
    await chat.button("End the dictation").waitFor();
    await page.waitForFunction(() => performance.now() > 2_000);
    await chat.button("End the dictation").click();
    await page.waitForFunction(() => {
      const composer = document.querySelector("#composer");
      return composer instanceof HTMLTextAreaElement && composer.value === "what I said";
    });
    await close();
  });
});
