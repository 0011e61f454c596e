import { invalid } from "./error.js";

/** What `chunked` counts: estimated tokens, words with the white space after them, or code points. */
export type ChunkUnit = "token" | "word" | "char";

/** All of them. */
export const UNITS: readonly ChunkUnit[] = ["token", "word", "char"];

/** @throws {SluiceError} `invalid-argument` for chunks that text cannot be cut into. */
export function checkChunks(n: number, unit: ChunkUnit): void {
  if (!Number.isSafeInteger(n) || n < 1) throw invalid("n", n, "a whole number of at least 1");
  if (!UNITS.includes(unit)) throw invalid("unit", unit, UNITS.join(", "));
}
