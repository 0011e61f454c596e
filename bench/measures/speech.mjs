import { flite, SentenceSplitter, speak } from "sluice/speech";
import { ChatStream, splitTokens } from "sluice/stream";
import { PROSE } from "../prose.mjs";
import { collectGarbage } from "./collect-garbage.mjs";
import { cpuClock } from "./cpu-clock.mjs";

/** A short opener before a long sentence: the hardest for playing without a gap. */
const ANSWER = `Sure, here it is. A sluice is a gate that lets a stream through at the pace that the other side can take, and the
oldest ones that we know of are more than four thousand years old. They fed long canals. A river that rises two meters in six
hours does not wait, so the keeper of the old mill had to decide, every day, how much water to let in. That is all.`;
const HOUR_MS = 3_600_000;

/**
 * What it costs to cut text into sentences, and how soon the embedded voice is heard while a model writes 20, 50 and 100
 * tokens a second: from the first token, and from the moment the first sentence is complete, in CPU as well; how long a player that began
 * with the first audio would have had to wait for more; how long the event loop was held up meanwhile. Then an hour of
 * audio of a voice that costs nothing, for memory.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  splitFor(warmUpMs);
  const clock = cpuClock();
  const characters = splitFor(ms);
  const splitUsPerCharacter = clock().cpuUs / characters;
  const voice = flite();
  // The package is loaded and both workers are started before the first answer.
  await Promise.all(["One.", "Two."].map((text) => drain(voice.synthesize(text))));
  const delays = loopDelays();
  const [slow, middle, fast] = [await spoken(voice, 20), await spoken(voice, 50), await spoken(voice, 100)];
  const speechLoopMs = delays();
  await voice.close?.();
  return {
    splitUsPerCharacter,
    speechFirst20Ms: slow.firstMs,
    speechFirst50Ms: middle.firstMs,
    speechFirst100Ms: fast.firstMs,
    speechAfterSentenceMs: Math.max(slow.afterSentenceMs, middle.afterSentenceMs, fast.afterSentenceMs),
    speechFirstCpuMs: Math.min(slow.cpuMs, middle.cpuMs, fast.cpuMs),
    speechGapMs: Math.max(slow.gapMs, middle.gapMs, fast.gapMs),
    speechLoopMs,
    speechHourGrowthMb: await hourGrowthMb(),
  };
}

/** Cuts prose into sentences for a while; returns how many characters it had. @param {number} forMs */
function splitFor(forMs) {
  const tokens = splitTokens(PROSE.repeat(10));
  const end = performance.now() + forMs;
  let characters = 0;
  while (performance.now() < end) {
    const splitter = new SentenceSplitter();
    for (const token of tokens) splitter.push(token);
    splitter.end();
    characters += PROSE.length * 10;
  }
  return characters;
}

/** @param {import("sluice/speech").Voice} voice @param {number} tokensPerSecond */
async function spoken(voice, tokensPerSecond) {
  const sentence = ANSWER.indexOf(". ") + 2;
  let written = 0;
  let startedAt = 0;
  let sentenceAt = 0;
  let cpu = process.cpuUsage();
  let cpuMs = 0;
  async function* events() {
    yield/** @type {const} */ ({ type: "start", id: "1", model: "paced" });
    for (const text of splitTokens(ANSWER)) {
      await new Promise((resolve) => setTimeout(resolve, 1_000 / tokensPerSecond));
      startedAt ||= performance.now();
      written += text.length;
      // What follows the blank shows that the sentence is complete.
      if (written > sentence && sentenceAt === 0) {
        sentenceAt = performance.now();
        cpu = process.cpuUsage();
      }
      yield/** @type {const} */ ({ type: "text-delta", text });
    }
    yield/** @type {const} */ ({ type: "finish", reason: "stop", usage: {} });
  }
  let firstAt = 0;
  let playedUntil = 0;
  let gapMs = 0;
  for await (const event of speak(ChatStream.from(events()), { voice })) {
    if (event.type !== "audio-delta" || event.data.length === 0) continue;
    const now = performance.now();
    if (firstAt === 0) {
      firstAt = now;
      const { user, system } = process.cpuUsage(cpu);
      cpuMs = (user + system) / 1_000;
    }
    if (playedUntil !== 0) gapMs += Math.max(0, now - playedUntil);
    playedUntil = Math.max(playedUntil, now) + event.data.length / 2 / ((event.sampleRate ?? 0) / 1_000);
  }
  return { firstMs: firstAt - startedAt, afterSentenceMs: firstAt - sentenceAt, cpuMs, gapMs };
}

/** Watches the event loop; the result tells how late the latest 1 % of its turns were, in ms. */
function loopDelays() {
  /** @type {number[]} */
  const late = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(now - before - 5);
    before = now;
  }, 5);
  return () => {
    clearInterval(timer);
    late.sort((a, b) => a - b);
    return Math.max(0, late[Math.floor(late.length * 0.99)] ?? 0);
  };
}

/** How much memory grows while an hour of audio is spoken, after its first quarter, in MB. */
async function hourGrowthMb() {
  const sampleRate = 16_000;
  const voice = {
    id: "silence",
    format: { mediaType: "audio/pcm", sampleRate },
    concurrency: 2,
    maxChars: 1_000,
    /** @param {string} text */
    async *synthesize(text) {
      yield { data: new Uint8Array((text.length * 65 * 2 * sampleRate) / 1_000) };
    },
  };
  let audioMs = 0;
  async function* events() {
    yield/** @type {const} */ ({ type: "start", id: "1", model: "endless" });
    while (audioMs < HOUR_MS) yield/** @type {const} */ ({ type: "text-delta", text: `${PROSE} ` });
    yield/** @type {const} */ ({ type: "finish", reason: "stop", usage: {} });
  }
  let quarter = 0;
  const stream = speak(ChatStream.from(events(), { retain: false }), { voice });
  for await (const event of stream) {
    if (event.type !== "audio-delta") continue;
    audioMs += event.data.length / 2 / (sampleRate / 1_000);
    if (quarter === 0 && audioMs > HOUR_MS / 4) quarter = heldBytes();
  }
  return (heldBytes() - quarter) / 1e6;
}

function heldBytes() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** @param {AsyncIterable<unknown>} iterable */
async function drain(iterable) {
  for await (const _ of iterable);
}
