import { invalid } from "../../stream/error.js";

/** How a text is cut. */
export interface ChunkOptions {
  /** Characters of a piece. */
  size: number;
  /** How much longer a piece may be: characters, or a share of the size where it is below 1. Default 200. */
  tolerance?: number;
  /** Characters that a piece repeats of the one before. Default 0. */
  overlap?: number;
  /** Cut between paragraphs, sentences and words where it can. Default true for each. */
  paragraphs?: boolean;
  sentences?: boolean;
  words?: boolean;
  /** What paragraphs end with. Default: an empty line. */
  separator?: string;
}

/**
 * Cuts a text into pieces of about `size` characters: where paragraphs end if it can, else sentences, else words, else
 * anywhere but inside a character. The pieces, without what they repeat, are the whole text; its cost is linear.
 *
 * @throws {SluiceError} `invalid-argument` for an overlap that is not smaller than the size.
 */
export function chunkText(text: string, options: ChunkOptions): string[] {
  const { size, overlap = 0 } = options;
  if (overlap >= size) throw invalid("overlap", overlap, `less than the size, ${size}`);
  const chunks: string[] = [];
  const room = { ...options, size: size - overlap };
  for (let from = 0; from < text.length; ) {
    const to = from + lengthOf(text, from, room);
    const before = Math.max(0, overlap > 0 ? safe(text, from - overlap) : from);
    chunks.push(text.slice(chunks.length === 0 ? from : before, to));
    from = to;
  }
  return chunks;
}

/** How long the piece from an index on is. */
function lengthOf(text: string, from: number, options: ChunkOptions): number {
  const { size, tolerance = 200, paragraphs = true, sentences = true, words = true, separator = "\n\n" } = options;
  const slack = tolerance < 1 ? Math.floor(size * tolerance) : Math.min(tolerance, size - 1);
  const [least, most] = [Math.max(1, size - slack), size + slack];
  const rest = text.length - from;
  if (rest <= most) return rest;
  const window = text.slice(from, from + most + 1);
  if (paragraphs && separator !== "") {
    const end = nearestEnd(endsOf(window, separator), size, least, most);
    if (end !== undefined) return end;
  }
  if (sentences) {
    const end = nearestEnd(segmentEnds(window, "sentence"), size, least, most);
    if (end !== undefined) return end;
  }
  if (words) {
    const end = nearestEnd(spaceEnds(window), size, least, most) ?? nearestEnd(spaceEnds(window), size, 1, most);
    if (end !== undefined) return end;
  }
  return Math.max(1, safe(window, size));
}

function nearestEnd(ends: Iterable<number>, size: number, least: number, most: number): number | undefined {
  let best: number | undefined;
  for (const end of ends) {
    if (end < least || end > most) continue;
    if (best === undefined || Math.abs(end - size) < Math.abs(best - size)) best = end;
  }
  return best;
}

function* endsOf(window: string, separator: string): Generator<number> {
  for (let at = window.indexOf(separator); at !== -1; at = window.indexOf(separator, at + 1))
    yield at + separator.length;
}

function* segmentEnds(window: string, granularity: "sentence"): Generator<number> {
  for (const { index, segment } of new Intl.Segmenter("en", { granularity }).segment(window))
    yield index + segment.length;
}

function* spaceEnds(window: string): Generator<number> {
  for (const match of window.matchAll(/\s+/g)) yield match.index + match[0].length;
}

/** Not inside a surrogate pair. */
function safe(text: string, index: number): number {
  return /[\uDC00-\uDFFF]/.test(text[index] ?? "") ? index - 1 : index;
}
