import type { JsonValue } from "../base/json.js";
import type { BatchReader } from "../stream/batch-source.js";
import type { ObjectAnswer } from "./object-answer.js";
import { ObjectReader } from "./object-reader.js";

/** How much may be copied for each character that was read: all snapshots together cost no more than that. */
const COPIES_PER_CHARACTER = 16;
/** As much may be copied in advance, so that small values are shown at every delta. */
const COPIES_IN_ADVANCE = 100_000;

/**
 * Reads the value as far as it has come, each time it has come further. Where a large array or object is open, several
 * deltas are taken together: copying it for each would make the whole quadratic.
 */
export class PartialReader extends ObjectReader<JsonValue> {
  readonly #objects: ObjectAnswer;
  #copied = 0;

  constructor(reader: BatchReader, answer: ObjectAnswer) {
    // Each partial value takes the place of the one before, whatever happened in between.
    super(reader, answer, [], { onRetract: () => {} });
    this.#objects = answer;
  }

  override restart(reason: string): void {
    this.#copied = 0;
    super.restart(reason);
  }

  protected override take(): JsonValue | undefined {
    const { answer, outcome } = this.#objects;
    const cost = answer.snapshotCost;
    if (cost === 0) return undefined;
    const allowed = COPIES_IN_ADVANCE + COPIES_PER_CHARACTER * answer.length;
    if (this.#copied + cost > allowed && outcome === undefined) return undefined;
    this.#copied += cost;
    return answer.snapshot();
  }
}
