import { JsonDocument } from "../json-document.mjs";
import { cpuClock } from "./cpu-clock.mjs";

/** Characters. */
const SMALL = 4 * 1_024;
const MEDIUM = 64 * 1_024;
const MIB = 1_024 * 1_024;
const LARGE = 16 * MIB;
/** Medium documents that the mean is taken of. */
const TIMES = 10;
/** A row that takes longer for one reads it only once, and not the large one: what is quadratic takes days for that. */
const TOO_SLOW_US = 1_000_000;

/**
 * What it costs to read a value while it arrives in deltas of 8 characters, every partial value taken, and the whole
 * checked at the end. The model is in the process.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, { warmUpMs }) {
  const read = await client.objectReader();
  const end = performance.now() + warmUpMs;
  while (performance.now() < end) await readUs(read, SMALL);
  const firstUs = await readUs(read, MEDIUM);
  if (firstUs > TOO_SLOW_US) return { objectMs: firstUs / 1_000 };
  let us = 0;
  for (let i = 0; i < TIMES; i++) us += await readUs(read, MEDIUM);
  const mibUs = await readUs(read, MIB);
  return { objectMs: us / TIMES / 1_000, objectLargeTimes: (await readUs(read, LARGE)) / ((LARGE / MIB) * mibUs) };
}

/**
 * The CPU time of one document, in µs.
 *
 * @param {import("../json-document.mjs").ReadObject} read
 * @param {number} length
 */
async function readUs(read, length) {
  const document = new JsonDocument(length);
  const clock = cpuClock();
  const items = await read(document);
  const { cpuUs } = clock();
  if (items !== document.items) throw new Error(`read ${items} of ${document.items} items`);
  return cpuUs;
}
