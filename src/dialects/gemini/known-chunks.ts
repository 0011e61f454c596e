import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Usage } from "../../stream/usage.js";
import type { Hole, Path } from "../locate-values.js";
import { objectOf } from "./opaque.js";
import { readUsage } from "./usage.js";

/** What a chunk of a learned shape means. */
export interface Meaning {
  /** A piece of text, of a thought, or of a string among a call's arguments. */
  kind: "text" | "thought" | "args";
  /** Names of the captured values, in the order in which they stand in the chunk. */
  order: readonly string[];
  /** Where among them the piece, its path and the count stand; -1 if there is none. */
  at: { piece: number; path: number; count: number };
  /** The count of tokens that grows with such pieces, where the chunk says it. */
  count: "candidatesTokenCount" | "thoughtsTokenCount" | undefined;
  /** The usage of the chunk that was learned. */
  usage: JsonObject;
}

const PART: Path = ["candidates", 0, "content", "parts", 0];
const PIECE: Path = [...PART, "functionCall", "partialArgs", 0];

/**
 * Values that may differ: those that follow from the captured ones, and those that differ between answers, so that all
 * of them have one shape.
 */
const UNREAD: readonly Hole[] = [
  { path: ["usageMetadata", "totalTokenCount"], kind: "number", capture: false },
  { path: ["usageMetadata", "candidatesTokensDetails", 0, "tokenCount"], kind: "number", capture: false },
  { path: ["responseId"], kind: "string", capture: false },
  { path: ["createTime"], kind: "string", capture: false },
];

/** What a chunk means that is nothing but a piece and the usage so far; `undefined` for any other. */
export function meaningOf(chunk: JsonObject, text: string): Meaning | undefined {
  const candidates = Array.isArray(chunk.candidates) ? chunk.candidates : [];
  const candidate = objectOf(candidates[0]);
  const { parts } = objectOf(candidate.content);
  if (candidates.length !== 1 || !Array.isArray(parts) || parts.length !== 1) return undefined;
  if (candidate.finishReason !== undefined) return undefined;
  const kind = kindOf(objectOf(parts[0]));
  if (kind === undefined) return undefined;
  const usage = objectOf(chunk.usageMetadata);
  const grows = kind === "thought" ? "thoughtsTokenCount" : "candidatesTokenCount";
  const count = typeof usage[grows] === "number" ? grows : undefined;
  const names = kind === "args" ? ["jsonPath", "stringValue"] : ["text"];
  if (count !== undefined) names.push(count);
  // In a string the quotes around a name would be escaped.
  const order = names.sort((a, b) => text.indexOf(`"${a}"`) - text.indexOf(`"${b}"`));
  const [piece, path, counted] = [kind === "args" ? "stringValue" : "text", "jsonPath", count ?? ""];
  const at = { piece: order.indexOf(piece), path: order.indexOf(path), count: order.indexOf(counted) };
  return { kind, order, at, count, usage };
}

/** The places whose values differ between chunks with the same meaning. */
export function holesOf({ order, count }: Meaning): Hole[] {
  const values = order.map((name): Hole => {
    if (name === count) return { path: ["usageMetadata", name], kind: "number", capture: true };
    return { path: name === "text" ? [...PART, name] : [...PIECE, name], kind: "string", capture: true };
  });
  return [...values, ...UNREAD];
}

/** Whether the last usage says the same as such a chunk. */
export function isReported({ count, usage }: Meaning, tokens: number, { raw }: Usage): boolean {
  if (!isJsonObject(raw) || count === undefined || raw[count] !== tokens) return false;
  const other = count === "thoughtsTokenCount" ? "candidatesTokenCount" : "thoughtsTokenCount";
  return raw[other] === usage[other] && raw.promptTokenCount === usage.promptTokenCount;
}

/** The usage that such a chunk says, which differs from the learned one in the tokens of its pieces. */
export function usageOf({ count, usage }: Meaning, tokens: number): Usage {
  if (count === undefined) return readUsage(usage);
  const raw: JsonObject = { ...usage, [count]: tokens };
  if (typeof usage.totalTokenCount === "number") {
    raw.totalTokenCount = usage.totalTokenCount + tokens - Number(usage[count]);
  }
  return readUsage(raw);
}

function kindOf(part: JsonObject): Meaning["kind"] | undefined {
  const keys = Object.keys(part);
  if (typeof part.text === "string") {
    if (keys.length === 1) return "text";
    return keys.length === 2 && part.thought === true ? "thought" : undefined;
  }
  const call = objectOf(part.functionCall);
  const pieces = Array.isArray(call.partialArgs) ? call.partialArgs : [];
  const [piece] = pieces;
  const plain = keys.length === 1 && Object.keys(call).length === 2 && call.willContinue === true;
  if (!plain || pieces.length !== 1 || !isJsonObject(piece)) return undefined;
  const goesOn = piece.willContinue === true && Object.keys(piece).length === 3;
  return goesOn && typeof piece.jsonPath === "string" && typeof piece.stringValue === "string" ? "args" : undefined;
}
