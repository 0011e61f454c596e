import { Scrubber, scrubRules, scrubStage } from "sluice/guards";
import { splitTokens } from "sluice/stream";
import { LETTER, PROSE } from "../prose.mjs";
import { cpuClock } from "./cpu-clock.mjs";

/** Letters in one answer: about 90,000 characters. */
const LETTERS = 50;

/**
 * What it costs to scrub personal data from an answer that arrives token by token, events included, and how much of
 * ordinary text is held back on average after each token.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(_client, { warmUpMs, ms }) {
  scrubFor(warmUpMs);
  const clock = cpuClock();
  const characters = scrubFor(ms);
  return { scrubCpuUsPerCharacter: clock().cpuUs / characters, scrubHeld: averageHeld() };
}

/** Scrubs answers for a while; returns how many characters they had. @param {number} ms */
function scrubFor(ms) {
  const tokens = splitTokens(LETTER.repeat(LETTERS));
  const end = performance.now() + ms;
  let characters = 0;
  while (performance.now() < end) {
    let replaced = 0;
    const stage = scrubStage();
    /** @type {import("sluice/stream").Emit} */
    const emit = (event) => {
      if (event.type === "text-delta" && event.text.includes("<EMAIL_ADDRESS>")) replaced++;
    };
    for (const text of tokens) stage.push({ type: "text-delta", text }, emit);
    stage.end?.(emit);
    if (replaced !== LETTERS) throw new Error(`found ${replaced} of ${LETTERS} addresses`);
    characters += LETTER.length * LETTERS;
  }
  return characters;
}

function averageHeld() {
  const scrubber = new Scrubber(scrubRules());
  const tokens = splitTokens(PROSE.repeat(10));
  let held = 0;
  for (const token of tokens) {
    scrubber.push(token);
    held += scrubber.buffered;
  }
  return held / tokens.length;
}
