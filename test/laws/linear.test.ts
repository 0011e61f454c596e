import { describe, expect, test } from "vitest";
import { parseExactJson } from "../../src/base/json.js";
import { parseGoDuration } from "../../src/dapr/resources/go-duration.js";
import { complaintInText } from "../../src/dialects/complaint.js";
import { exceedsWholeLimit, isContextOverflow } from "../../src/dialects/context-overflow.js";
import { maskHeaders, secretsOf } from "../../src/models/http/mask-secrets.js";
import { parseMetrics } from "../../src/server/monitoring/parse-metrics.js";
import { estimatedMarks } from "../../src/speech/heard/heard-text.js";
import { looksComplete } from "../../src/speech/listen/looks-complete.js";
import { SentenceSplitter } from "../../src/speech/sentences/sentence-splitter.js";
import { SpeakableText } from "../../src/speech/speakable/speakable-text.js";
import { TableReader } from "../../src/speech/speakable/table-reader.js";
import { partThoughts } from "../../src/stream/part-thoughts.js";
import { findPlaces, replaceOutside } from "../../src/workflows/format/find-places.js";
import { parseSimpleCondition } from "../../src/workflows/format/simple-condition.js";

/** Texts of one length that make patterns look at the same characters again: a sign many times, between two others. */
const SIGNS = [
  " ",
  "\n",
  "a",
  "1",
  "!",
  ".",
  "`",
  "~",
  "|",
  "-",
  "'",
  '\\"',
  "[",
  "](",
  "<",
  "/*",
  '"',
  "limit 0d ",
  "é ",
];
const AROUND: readonly (readonly [string, string])[] = [
  ["", "x"],
  ["|-", "x"],
  ['"', ""],
  ["x", "\n x"],
];

function attacks(length: number): string[] {
  return SIGNS.flatMap((sign) => AROUND.map(([before, after]) => before + sign.repeat(length / sign.length) + after));
}

function inPieces(text: string, push: (piece: string) => void): void {
  for (let at = 0; at < text.length; at += 7) push(text.slice(at, at + 7));
}

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  parseExactJson,
  complaintInText,
  isContextOverflow,
  exceedsWholeLimit,
  secretsOf: (text) => secretsOf("https://a.example/", { authorization: text }),
  maskHeaders: (text) => maskHeaders({ authorization: text }),
  parseMetrics: (text) => [...parseMetrics(`a{${text}} 1`)],
  parseGoDuration,
  looksComplete,
  estimatedMarks: (text) => estimatedMarks(text, 1_000),
  SpeakableText: (text) => new SpeakableText({}).next(text),
  TableReader: (text) => new TableReader().row(text),
  parseSimpleCondition,
  findPlaces,
  replaceOutside: (text) => replaceOutside(text, (outside) => outside),
  SentenceSplitter: (text) => {
    const splitter = new SentenceSplitter();
    inPieces(text, (piece) => splitter.push(piece));
    splitter.end();
  },
  partThoughts: (text) => {
    const stage = partThoughts();
    inPieces(text, (piece) => stage.push({ type: "text-delta", text: piece }, () => {}));
  },
};

/** Ms of work; what another process does meanwhile is not in it. */
function workMs(read: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  try {
    read(text);
  } catch {
    // A refusal is an answer.
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe("what studies text does not look at it again and again", () => {
  test.each(Object.entries(READERS))("%s", (_, read) => {
    const longer = attacks(64_000);
    for (const [index, text] of attacks(16_000).entries()) {
      const long = longer[index] ?? "";
      // Four times the text is four times the work where it is linear, and sixteen times where it is not.
      let grows = true;
      for (let tries = 0; grows && tries < 3; tries++) grows = workMs(read, long) > 9 * workMs(read, text) + 60;
      expect(grows, `${JSON.stringify(long.slice(0, 20))}…`).toBe(false);
    }
  });
});
