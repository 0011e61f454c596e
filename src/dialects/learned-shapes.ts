import { FrameShape } from "./frame-shape.js";
import type { Hole } from "./locate-values.js";

/** Frames that are parsed before one is learned: a short answer ends before learning pays, and the first token is not late. */
const FIRST_LESSON = 4;
/** How many frames are studied before a stream is taken to have no shape worth learning. */
const LAST_LESSON = 20;
/**
 * The longest frame that is studied, in UTF-16 code units. One delta is far shorter; what is studied is parsed several times
 * and its constant parts are kept for as long as the stream.
 */
const LONGEST_LESSON = 4 * 1024;
/** The longest frame that is compared, in UTF-16 code units. */
const LONGEST = 64 * 1024;
/** Kinds of deltas that a stream alternates between: text, reasoning, tool arguments, and one to spare. */
const MAX_SHAPES = 4;

/**
 * Knows frames that differ only in a few values. Most frames of a stream do: once one was parsed, those like it are
 * compared with its constant parts and need no parsing. A frame that differs in any constant character, or whose values
 * are not valid JSON, matches nothing and takes the full parse. Each character is looked at once, and what was learned ends
 * with the stream: nothing that a provider says becomes a pattern, or stays.
 *
 * @template T what a matching frame means to the reader.
 */
export class LearnedShapes<T> {
  #shapes: { shape: FrameShape; meaning: T }[] = [];
  #lessons = 0;

  /** Calls `found` with the meaning of the frame's shape and its captured values, and returns whether it had one. */
  match(text: string, found: (meaning: T, values: readonly string[]) => void): boolean {
    if (text.length > LONGEST) return false;
    for (let i = 0; i < this.#shapes.length; i++) {
      const entry = this.#shapes[i];
      const values = entry?.shape.match(text);
      if (entry === undefined || values === undefined) continue;
      if (i > 0) {
        // Deltas come in runs: the shape that matched is tried first next time.
        this.#shapes.splice(i, 1);
        this.#shapes.unshift(entry);
      }
      found(entry.meaning, values);
      return true;
    }
    return false;
  }

  /** Learns the shape of a frame that was parsed in full. Holes that the frame does not have are left out. */
  learn(text: string, holes: readonly Hole[], meaning: T): void {
    if (text.length > LONGEST_LESSON) return;
    this.#lessons++;
    if (this.#lessons < FIRST_LESSON || this.#lessons > LAST_LESSON) return;
    const shape = FrameShape.of(text, holes);
    if (shape === undefined) return;
    // A new array has room for just these.
    this.#shapes = [{ shape, meaning }, ...this.#shapes.slice(0, MAX_SHAPES - 1)];
  }
}
