import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { PIECES, type PieceKind } from "./open-block.js";

/** The kind of a delta that is nothing but a piece of text. Services leave its type out, or have another word for it. */
export function pieceKind(delta: JsonObject): PieceKind | undefined {
  const { type } = delta;
  if (type === "text_delta" || type === "thinking_delta" || type === "input_json_delta") return type;
  if (type !== undefined && !OTHER_WORDS.includes(type)) return undefined;
  if ("partial_json" in delta) return "input_json_delta";
  if ("thinking" in delta || "reasoning" in delta) return "thinking_delta";
  return "text" in delta ? "text_delta" : undefined;
}

const OTHER_WORDS: readonly JsonValue[] = ["text", "thinking", "reasoning", "reasoning_delta", "input_json"];

/** The piece of a delta. Some services send arguments as an object, whole. */
export function pieceOf(delta: JsonObject, kind: PieceKind): JsonValue | undefined {
  const piece = delta[PIECES[kind]] ?? (kind === "thinking_delta" ? delta.reasoning : undefined);
  return kind === "input_json_delta" && isJsonObject(piece) ? JSON.stringify(piece) : piece;
}
