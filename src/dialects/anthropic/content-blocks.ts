import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { readCarried } from "../carried.js";
import { filledString } from "../filled-string.js";
import { mergeDelta, unknownDelta } from "./block-delta.js";
import { readCitation } from "./citations.js";
import { ownOpaque } from "./opaque.js";
import type { AnswerState, OpenBlock, PieceKind } from "./open-block.js";
import { CallBlock, isServerResult, ResultBlock } from "./tool-blocks.js";

/** The block to which a piece belongs that came without its start, or on the index of a block of another kind. */
export function blockOfPiece(kind: PieceKind, index: number, answer: AnswerState, emit: Emit): OpenBlock | undefined {
  if (kind === "text_delta") return new TextBlock({}, index, answer, emit);
  return kind === "thinking_delta" ? new ThinkingBlock({}, index, emit) : undefined;
}

/** Opens the block of a `content_block_start`. */
export function openBlock(block: JsonObject, index: number, answer: AnswerState, emit: Emit): OpenBlock {
  switch (block.type) {
    case "text":
      return new TextBlock(block, index, answer, emit);
    case "thinking":
      return new ThinkingBlock(block, index, emit);
    case "redacted_thinking":
      return new RedactedBlock(block, index, answer);
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return new CallBlock(block, answer);
    default:
      return isServerResult(block) ? new ResultBlock(block, answer) : new OtherBlock(block);
  }
}

/** A block of text of which so many UTF-16 code units were read elsewhere. */
export function textBlock(index: number, length: number, answer: AnswerState): OpenBlock {
  return new TextBlock({}, index, answer, () => {}, length);
}

class TextBlock implements OpenBlock {
  readonly #index: number;
  readonly #citations: JsonObject[] = [];
  #length: number;

  constructor(block: JsonObject, index: number, answer: AnswerState, emit: Emit, length = 0) {
    this.#index = index;
    this.#length = length;
    answer.lastText = index;
    if (typeof block.text === "string") this.piece("text_delta", block.text, emit);
    if (Array.isArray(block.citations)) for (const citation of block.citations) this.#cite(citation);
  }

  piece(kind: PieceKind, text: string, emit: Emit): boolean {
    if (kind !== "text_delta") return false;
    if (text === "") return true;
    this.#length += text.length;
    emit({ type: "text-delta", text, block: this.#index });
    return true;
  }

  delta(delta: JsonObject, emit: Emit): void {
    if (delta.type === "citations_delta") this.#cite(delta.citation);
    else unknownDelta(delta, emit);
  }

  /** Citations come before the text they belong to; what they span is known when it is whole. */
  close(emit: Emit): void {
    for (const citation of this.#citations) {
      emit({ type: "source", source: readCitation(citation, this.#length), block: this.#index });
    }
  }

  #cite(citation: JsonValue | undefined): void {
    if (isJsonObject(citation)) this.#citations.push(citation);
  }
}

class ThinkingBlock implements OpenBlock {
  readonly #index: number;
  #signature: string;

  constructor(block: JsonObject, index: number, emit: Emit) {
    this.#index = index;
    this.#signature = typeof block.signature === "string" ? block.signature : "";
    if (typeof block.thinking === "string") this.piece("thinking_delta", block.thinking, emit);
  }

  piece(kind: PieceKind, text: string, emit: Emit): boolean {
    if (kind !== "thinking_delta") return false;
    if (text !== "") emit({ type: "reasoning-delta", text, block: this.#index });
    return true;
  }

  delta(delta: JsonObject, emit: Emit): void {
    if (delta.type === "signature_delta" && typeof delta.signature === "string") this.#signature = delta.signature;
    else unknownDelta(delta, emit);
  }

  close(emit: Emit): void {
    if (this.#signature === "") return;
    const carried = readCarried(this.#signature);
    const own = ownOpaque({ type: "thinking", signature: this.#signature });
    const opaque = carried?.kind === "reasoning" ? carried.opaque : own;
    emit({ type: "reasoning-delta", text: "", block: this.#index, opaque });
  }
}

class RedactedBlock implements OpenBlock {
  readonly #block: JsonObject;
  readonly #index: number;
  readonly #answer: AnswerState;

  constructor(block: JsonObject, index: number, answer: AnswerState) {
    this.#block = block;
    this.#index = index;
    this.#answer = answer;
  }

  piece(): boolean {
    return false;
  }

  delta(delta: JsonObject): void {
    mergeDelta(this.#block, delta);
  }

  close(emit: Emit): void {
    const carried = typeof this.#block.data === "string" ? readCarried(this.#block.data) : undefined;
    const block = this.#index;
    switch (carried?.kind) {
      case "text": {
        const before = carried.alone ? block : (this.#answer.lastText ?? block);
        emit({ type: "text-delta", text: "", block: before, opaque: carried.opaque });
        return;
      }
      case "tool-call":
      case "tool-result":
        this.#answer.carried.push(carried);
        return;
      case "data":
        emit({ type: "data", name: carried.name, value: carried.value, opaque: carried.opaque });
        return;
      case "reasoning":
        emit({ type: "reasoning-delta", text: "", block, opaque: carried.opaque });
        return;
      default:
        emit({ type: "reasoning-delta", text: "", block, opaque: ownOpaque(this.#block) });
    }
  }
}

/** A kind of block that this version does not know, or that only has to come back: compaction, a file, a fallback. */
class OtherBlock implements OpenBlock {
  readonly #block: JsonObject;

  constructor(block: JsonObject) {
    this.#block = { ...block };
  }

  piece(): boolean {
    return false;
  }

  delta(delta: JsonObject): void {
    mergeDelta(this.#block, delta);
  }

  close(emit: Emit): void {
    const name = filledString(this.#block.type) ?? "content_block";
    const changes = name === "fallback";
    const value = changes ? changeOf(this.#block) : this.#block;
    emit({
      type: "data",
      name: changes ? "fallback/model" : providerData(name),
      value,
      opaque: ownOpaque(this.#block),
    });
  }
}

/** Another model answers what the first one refused: the two are named, as where models are changed here. */
function changeOf({ from, to, ...rest }: JsonObject): JsonObject {
  const named = (side: JsonValue | undefined) => (isJsonObject(side) ? (side.model ?? null) : (side ?? null));
  return { ...rest, from: named(from), to: named(to) };
}
