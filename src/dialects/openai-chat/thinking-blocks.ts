import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * Anthropic's blocks of thinking as LiteLLM passes them on, which must come back as they came
 * (https://docs.litellm.ai/docs/reasoning_content). A stream has them in pieces without a place; the piece with the
 * signature is the last of its block.
 */
export class ThinkingBlocks {
  readonly #blocks: JsonObject[] = [];

  /** Takes the pieces of a delta; returns what they say. */
  push(pieces: readonly JsonValue[]): string {
    return pieces
      .filter(isJsonObject)
      .map((piece) => this.#piece(piece))
      .join("");
  }

  /** The blocks that are sealed, which alone can come back; `undefined` if there are none. */
  get blocks(): JsonObject[] | undefined {
    const sealed = this.#blocks.filter((block) => block.type !== "thinking" || isSealed(block));
    return sealed.length > 0 ? sealed : undefined;
  }

  #piece(piece: JsonObject): string {
    const text = typeof piece.thinking === "string" ? piece.thinking : "";
    const last = this.#blocks.at(-1);
    if (piece.type !== "thinking" || last?.type !== "thinking" || isSealed(last)) {
      this.#blocks.push({ ...piece });
    } else {
      last.thinking = `${last.thinking ?? ""}${text}`;
      if (isSealed(piece)) last.signature = piece.signature ?? "";
    }
    return text;
  }
}

function isSealed({ signature }: JsonObject): boolean {
  return typeof signature === "string" && signature !== "";
}
