import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import { createStreamingPipeline } from "../../src/speech/streaming-pipeline.js";
import { flite } from "../../src/speech/voices/flite/flite.js";
import { collect } from "../support/collect.js";

/** CMU's offline recogniser (Debian packages pocketsphinx and pocketsphinx-en-us). */
const RECOGNISER = "/usr/bin/pocketsphinx_batch";
const MODEL = "/usr/share/pocketsphinx/model/en-us";
const installed = existsSync(RECOGNISER) && existsSync(MODEL);
if (!installed) {
  process.stdout.write(
    "skipped: what is spoken is not recognised again: pocketsphinx and pocketsphinx-en-us are not installed\n",
  );
}

/** The Harvard sentences, list 1 (IEEE Recommended Practice for Speech Quality Measurements, 1969). */
const SENTENCES = [
  "The birch canoe slid on the smooth planks.",
  "Glue the sheet to the dark blue background.",
  "It's easy to tell the depth of a well.",
  "These days a chicken leg is a rare dish.",
  "Rice is often served in round bowls.",
  "The juice of lemons makes fine punch.",
];
/** 75 % were measured for these sentences; over 30 others it is 91 %, and 72 % of recordings of people. */
const LEAST_WORDS_RIGHT = 0.7;

const words = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** The share of words that were recognised, in order (edit distance). */
function wordsRight(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [i, word] of said.entries()) {
    const next = [i + 1];
    for (const [j, other] of heard.entries()) {
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return 1 - (row.at(-1) ?? 0) / said.length;
}

test.skipIf(!installed)("what is spoken is recognised again", async () => {
  const outputDir = mkdtempSync(join(tmpdir(), "sluice-recognised-"));
  const voice = flite({ workers: 1 });
  try {
    const text = SENTENCES.join(" ");
    const pieces = text.match(/.{1,7}/g) ?? [];
    const pipeline = createStreamingPipeline({
      llmProvider: scripted([pieces]),
      ttsProvider: voice,
      streamingConfig: { outputDir, sentenceBufferSize: 1 },
    });
    const last = (await collect(pipeline.streamChatToAudio("Say it."))).at(-1);
    const files = last?.status === "completed" ? last.audioFiles : [];
    const [list, heard] = [join(outputDir, "files"), join(outputDir, "heard")];
    writeFileSync(list, files.map((file) => relative(outputDir, file).replace(/\.wav$/, "\n")).join(""));
    const audio = [
      "-adcin",
      "yes",
      "-adchdr",
      "44",
      "-cepext",
      ".wav",
      "-cepdir",
      outputDir,
      "-ctl",
      list,
      "-hyp",
      heard,
    ];
    const model = [
      "-hmm",
      join(MODEL, "en-us"),
      "-lm",
      join(MODEL, "en-us.lm.bin"),
      "-dict",
      join(MODEL, "cmudict-en-us.dict"),
    ];
    await promisify(execFile)(RECOGNISER, [...audio, ...model, "-logfn", "/dev/null"]);
    const found = readFileSync(heard, "utf8").replace(/\([^)]*\)$/gm, "");
    const right = wordsRight(words(text), words(found));
    process.stdout.write(`recognised: ${(right * 100).toFixed(0)} % of ${words(text).length} words\n`);
    expect(right).toBeGreaterThan(LEAST_WORDS_RIGHT);
  } finally {
    await voice.close?.();
    rmSync(outputDir, { recursive: true, force: true });
  }
});
