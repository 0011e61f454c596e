// What Sluice has to reach.
import { decimal } from "./table.mjs";

/**
 * @typedef {object} Target
 * @property {string} says
 * @property {string} figure
 * @property {number} atMost
 * @property {string} [row] whose figure; default Sluice's own.
 * @property {string} [times] the row whose same figure the limit is a multiple of.
 * @property {string} [of] the row's own figure that the limit is a multiple of.
 */

/**
 * What a layer may add, and what five may cost, as multiples of a model without any: where these limits were set, in µs, that
 * one took 0.18 µs a token by itself and 0.13 where 32 came together.
 *
 * @type {{ together: 1 | 32, reads: string, layer: number, five: number }[]}
 */
const LAYERS = [
  { together: 1, reads: "one token a read", layer: 0.25 / 0.18, five: 1.2 / 0.18 },
  { together: 32, reads: "32 a read", layer: 0.1 / 0.13, five: 0.4 / 0.13 },
];

/** What a token costs in each dialect beside OpenAI's older one. */
const DIALECTS = ["openai-responses", "anthropic", "gemini", "ollama"];

/** @type {Target[]} */
const targets = [
  {
    says: "coalesced: at most half of the hand-written loop",
    figure: "cpuUsPerToken",
    atMost: 0.5,
    times: "hand-written",
  },
  {
    says: "one event a write: at most all of the hand-written loop",
    figure: "onePerWriteCpuUsPerToken",
    atMost: 1,
    times: "hand-written",
  },
  { says: "coalesced: at least 20 times less than streamText", figure: "cpuUsPerToken", atMost: 1 / 20, times: "ai" },
  { says: "a request to its first token: at most 400 µs", figure: "cpuUsPerRequest", atMost: 400 },
  { says: "1,000 streams: under 3 µs per token", figure: "concurrentCpuUsPerToken", atMost: 3 },
  { says: "1,000 streams: under 20 KB of heap each", figure: "heapKbPerStream", atMost: 20 },
  {
    says: "one event a write: at most 1.1 times undici alone",
    figure: "onePerWriteCpuUsPerToken",
    atMost: 1.1,
    times: "floor",
  },
  { says: "paced: at most 1.2 times undici alone", figure: "pacedCpuUsPerToken", atMost: 1.2, times: "floor" },
  { says: "paced: first token at most 250 µs after its bytes", figure: "firstTokenUs", atMost: 250 },
  { says: "slow reader: memory grows by less than 16 MB", figure: "slowReaderGrowthMb", atMost: 16 },
  {
    says: "tool loop: at least 10 times less per call than streamText",
    figure: "cpuUsPerToolCall",
    atMost: 1 / 10,
    times: "ai",
  },
  {
    says: "a turn kept after 10,000 messages: at most 1.5 times one in a new conversation",
    figure: "appendLongTimes",
    atMost: 1.5,
  },
  { says: "a workflow of 1,000 steps: under 100 ms", figure: "workflowMs", atMost: 100 },
  { says: "a workflow's step kept: under 100 µs", figure: "keptStepUs", atMost: 100 },
  { says: "a workflow's step: under 0.5 µs per token added", figure: "stepUsPerToken", atMost: 0.5 },
  { says: "sentences: under 0.3 µs per character", figure: "splitUsPerCharacter", atMost: 0.3 },
  { says: "speech: audio at most 80 ms after the first sentence", figure: "speechAfterSentenceMs", atMost: 80 },
  { says: "speech: at most 80 ms of CPU for that", figure: "speechFirstCpuMs", atMost: 80 },
  { says: "speech: no gaps", figure: "speechGapMs", atMost: 0 },
  { says: "speech: event loop under 12 ms late (99 %)", figure: "speechLoopMs", atMost: 12 },
  { says: "speech: memory grows by less than 2 MB in an hour of audio", figure: "speechHourGrowthMb", atMost: 2 },
  { says: "scrubbing: under 1 µs per character", figure: "scrubCpuUsPerCharacter", atMost: 1 },
  { says: "scrubbing: under 8 characters of ordinary text held back", figure: "scrubHeld", atMost: 8 },
  { says: "64 KiB of JSON in 8-character deltas: under 30 ms", figure: "objectMs", atMost: 30 },
  { says: "16 MiB of JSON: at most twice as much for each character", figure: "objectLargeTimes", atMost: 2 },
  { says: "64 KiB of JSON: at least 100 times less than streamText", figure: "objectMs", atMost: 1 / 100, times: "ai" },
  ...LAYERS.flatMap(({ together, reads, layer, five }) => [
    ...["Fallback", "Tools", "Pii", "Conversation"].map((name) => ({
      says: `${name.toLowerCase()}, ${reads}: adds at most ${decimal(layer, 2)} times the bare model`,
      figure: `layer${name}${together}`,
      atMost: layer,
      of: `layerBare${together}`,
    })),
    {
      says: `five layers, ${reads}: at most ${decimal(five, 2)} times the bare model`,
      figure: `layerStacked${together}`,
      atMost: five,
      of: `layerBare${together}`,
    },
  ]),
  { says: "agent, one token a read: at most 1 µs", figure: "layerAgent1", atMost: 1 },
  { says: "agent, 32 a read: at most 0.3 µs", figure: "layerAgent32", atMost: 0.3 },
  { says: "agent: at most 0.2 ms per call added", figure: "agentCallUs", atMost: 200 },
  { says: "agent: a call after 400 turns at most 1.5 times the first", figure: "agentHistoryTimes", atMost: 1.5 },
  { says: "agent: 49 results of 512 KiB, under 10 MB held beyond them", figure: "agentResultsMb", atMost: 10 },
  { says: "import: under 40 ms", figure: "importMs", atMost: 40 },
  { says: "a page that streams text: at most 30 KB", figure: "bundleKb", atMost: 30 },
  { says: "sidecar over HTTP: under 3 µs per token added", figure: "sidecarHttpCpuUsPerToken", atMost: 3 },
  { says: "sidecar over gRPC: under 3 µs per token added", figure: "sidecarGrpcCpuUsPerToken", atMost: 3 },
  { says: "sidecar: under 1 ms added to the first token", figure: "sidecarFirstTokenUs", atMost: 1_000 },
  ...DIALECTS.flatMap((wire) => [
    {
      says: `${wire}: at most 1.5 times openai-chat`,
      row: `sluice.${wire}`,
      figure: "cpuUsPerToken",
      atMost: 1.5,
      times: "sluice",
    },
    {
      says: `${wire}: below its vendor's client`,
      row: `sluice.${wire}`,
      figure: "cpuUsPerToken",
      atMost: 1,
      times: `client.${wire}`,
    },
  ]),
];

/**
 * @typedef {object} Verdict
 * @property {string} says
 * @property {"met" | "missed" | "not measured"} verdict
 * @property {number} [value]
 * @property {number} [limit]
 */

/**
 * Holds Sluice's figures to the targets; none where Sluice was not measured.
 *
 * @param {import("./results.mjs").ResultRow[]} rows
 * @returns {Verdict[]}
 */
export function judge(rows) {
  if (rows.every((row) => row.name !== "sluice")) return [];
  return targets.map(({ says, row = "sluice", figure, atMost, times, of }) => {
    const value = figureOf(rows, row, figure);
    const relative = times !== undefined || of !== undefined;
    const base = relative ? figureOf(rows, times ?? row, of ?? figure) : 1;
    if (value === undefined || base === undefined) return { says, verdict: "not measured" };
    const limit = atMost * base;
    return { says, verdict: value <= limit ? "met" : "missed", value, limit };
  });
}

/**
 * @param {import("./results.mjs").ResultRow[]} rows
 * @param {string} name
 * @param {string} figure
 */
function figureOf(rows, name, figure) {
  const value = rows.find((row) => row.name === name)?.[figure];
  return typeof value === "number" ? value : undefined;
}
