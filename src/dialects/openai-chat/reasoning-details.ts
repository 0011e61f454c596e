import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/** The texts of a block, of which each piece has more. */
const TEXTS = ["text", "summary"];

/**
 * OpenRouter's reasoning blocks, which must come back as they came
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens). A stream has them in pieces: those with the same type and
 * index are one block, whose signature is that of the whole text.
 */
export class ReasoningDetails {
  readonly #blocks: JsonValue[] = [];
  readonly #byPlace = new Map<string, JsonObject>();

  /** Takes the pieces of a delta; returns what they say. */
  push(pieces: readonly JsonValue[]): string {
    let text = "";
    for (const piece of pieces) {
      if (isJsonObject(piece)) text += this.#piece(piece);
      else this.#blocks.push(piece);
    }
    return text;
  }

  /** The blocks so far; `undefined` if there are none. */
  get blocks(): JsonValue[] | undefined {
    return this.#blocks.length > 0 ? this.#blocks : undefined;
  }

  #piece(piece: JsonObject): string {
    const place = typeof piece.index === "number" ? `${piece.index} ${piece.type}` : undefined;
    const known = place === undefined ? undefined : this.#byPlace.get(place);
    if (known === undefined || !TEXTS.some((field) => typeof known[field] === "string")) {
      const block = { ...piece };
      this.#blocks.push(block);
      if (place !== undefined) this.#byPlace.set(place, block);
    } else merge(known, piece);
    const text = piece.text ?? piece.summary;
    return typeof text === "string" ? text : "";
  }
}

function merge(block: JsonObject, piece: JsonObject): void {
  for (const [field, value] of Object.entries(piece)) {
    const before = block[field];
    const more = TEXTS.includes(field) && typeof before === "string" && typeof value === "string";
    if (more) block[field] = before + value;
    else if (value !== null) block[field] = value;
  }
}
