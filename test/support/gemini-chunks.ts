import { expect } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { GeminiReader } from "../../src/dialects/gemini/reader.js";
import { summarise } from "../laws/summary.js";
import { readWith } from "./read-with.js";

/** State of Gemini's own. */
export const own = (data: JsonObject) => ({ dialect: "gemini", data });

/** Reads chunks of a streamed answer. */
export function readChunks(chunks: readonly (JsonObject | string)[]) {
  return readWith(new GeminiReader(), chunks);
}

/** A chunk with these parts, and more fields of its candidate and of the whole. */
export function chunkOf(parts: JsonObject[], candidate: JsonObject = {}, response: JsonObject = {}): JsonObject {
  const content = { role: "model", parts };
  return { candidates: [{ content, index: 0, ...candidate }], modelVersion: "m", responseId: "r", ...response };
}

export const STOP = { finishReason: "STOP" };

/** The parts of the message that these chunks make. */
export function partsOf(chunks: readonly JsonObject[]) {
  const { events, error } = readChunks(chunks);
  expect(error).toBeUndefined();
  return summarise(events).parts;
}
