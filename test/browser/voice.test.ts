import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flite } from "../../src/speech/voices/flite/flite.js";
import type { Voice } from "../../src/speech/voices/voice.js";
import type { Serving } from "../server/serve.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { saying } from "./world.js";

const SAMPLE_RATE = 16_000;

describe.skipIf(NO_BROWSER !== undefined)("the voice", () => {
  const spoken: string[] = [];
  let secondsEach = 0.2;
  let words = () => "what I said";
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
        speaker: saying(
          "The first **sentence** stands here. The [second](https://example.com) one follows. And a third.",
        ),
      },
      voices: { tone: voice },
      transcribers: { ear: { id: "ear", transcribe: async (pcm) => (pcm.length > 0 ? words() : "nothing") } },
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
    expect(spoken).toEqual(["The first sentence stands here.", "The second one follows.", "And a third."]);
    // A long sound is cut off in its middle.
    secondsEach = 20;
    await chat.button("Read aloud").click();
    await page.locator(".caption").getByText("The first sentence stands here.").waitFor();
    // The caption follows the words.
    await page.locator(".caption .heard").getByText("The", { exact: true }).waitFor();
    await page.locator("body").press("Escape");
    await page.locator(".caption").waitFor({ state: "detached" });
    expect(problems).toEqual([]);
    await close();
  });

  test("what is said is written down where one writes", async () => {
    const { page, close } = await browser.page(serving.url, { permissions: ["microphone"] });
    const chat = new ChatDriver(page);
    await page.evaluate(countRecordedPieces);
    await chat.button("Dictate").click();
    // The first piece may have nothing but what a recording begins with.
    await page.waitForFunction(() => Reflect.get(window, "recordedPieces") >= 3);
    await chat.button("End the dictation").click();
    await page.waitForFunction(() => {
      const composer = document.querySelector("#composer");
      return composer instanceof HTMLTextAreaElement && composer.value === "what I said";
    });
    await close();
  });

  test("a talk is heard and answered aloud; a cough pauses what is spoken, and words end it", async () => {
    const { page, problems, close } = await browser.page(serving.url, { permissions: ["microphone"] });
    await page.evaluate(speakIntoTheMicrophone, await spokenSentence());
    const speak = () => page.evaluate(() => Reflect.get(window, "speakUp")());
    const talk = page.getByRole("button", { name: "Talk", exact: true });
    const listens = () => page.getByTitle("End the talk: it listens").waitFor();
    secondsEach = 600;
    // A cough, and the page's own voice in the microphone, are no words of the user's.
    const heard = ["What is new?", "", "first sentence stands here", "Tell me more."];
    words = () => heard.shift() ?? "?";
    await talk.click();
    await listens();
    await speak();
    await page.locator(".question-turn .bubble").getByText("What is new?").waitFor();
    const caption = page.locator(".caption");
    await caption.getByText("The first sentence stands here.").waitFor();
    await listens();
    for (let noise = 0; noise < 2; noise++) {
      await speak();
      await page.waitForFunction(() => document.querySelector(".talking.hearing, .talking.transcribing") !== null);
      await listens();
    }
    expect(heard).toEqual(["Tell me more."]);
    expect(await caption.textContent()).toContain("The first sentence stands here.");
    await speak();
    await page.locator(".question-turn .bubble").getByText("Tell me more.").waitFor();
    await caption.getByText("The first sentence stands here.").waitFor();
    await talk.click();
    expect(await talk.getAttribute("aria-pressed")).toBe("false");
    expect(problems).toEqual([]);
    await close();
  });
});

/** A sentence of the embedded voice, as base64 of 16-bit samples. */
async function spokenSentence(): Promise<{ pcm: string; sampleRate: number }> {
  const voice = flite();
  const pieces: Uint8Array[] = [];
  for await (const { data } of voice.synthesize("Hello, how are you today, my friend?")) pieces.push(data);
  await voice.close?.();
  return { pcm: Buffer.concat(pieces).toString("base64"), sampleRate: voice.format.sampleRate ?? 0 };
}

/** In the page: a recorder gives what it has recorded every tenth of a second, and `recordedPieces` counts what had sound. */
function countRecordedPieces(): void {
  Reflect.set(window, "recordedPieces", 0);
  const { start } = MediaRecorder.prototype;
  MediaRecorder.prototype.start = function () {
    this.addEventListener("dataavailable", ({ data }) => {
      if (data.size > 0) Reflect.set(window, "recordedPieces", Reflect.get(window, "recordedPieces") + 1);
    });
    start.call(this, 100);
  };
}

/** In the page: a microphone that is silent until `speakUp` is called, and then hears the recording. */
function speakIntoTheMicrophone({ pcm, sampleRate }: { pcm: string; sampleRate: number }): void {
  const audio = new AudioContext();
  const microphone = audio.createMediaStreamDestination();
  const tracks = () => microphone.stream.getAudioTracks().map((track) => track.clone());
  navigator.mediaDevices.getUserMedia = async () => new MediaStream(tracks());
  const bytes = Uint8Array.from(atob(pcm), (letter) => letter.charCodeAt(0));
  const samples = new Int16Array(bytes.buffer);
  const buffer = audio.createBuffer(1, samples.length, sampleRate);
  const channel = buffer.getChannelData(0);
  for (const [index, sample] of samples.entries()) channel[index] = sample / 32_768;
  Reflect.set(window, "speakUp", () => {
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(microphone);
    source.start();
  });
}
