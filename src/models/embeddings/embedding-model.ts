import type { Usage } from "../../stream/usage.js";

/** How one call of an embedding model is made. */
export interface EmbeddingCall {
  /** How many numbers each vector has, where the model leaves the choice. Default: the model's. */
  dimensions?: number;
  /** Ends the call. */
  signal?: AbortSignal;
  /** Extra HTTP headers. */
  headers?: Record<string, string>;
}

/** What one call gave. */
export interface EmbeddedTexts {
  /** One for each text, in their order. */
  vectors: number[][];
  /** Tokens, where the service says how many; with its own object as `raw`. */
  usage: Usage;
}

/** A model that turns texts into vectors. Made by `embedder` or `fromAiSdkEmbedding`; anybody may write one. */
export interface EmbeddingModel {
  /** As people name it, for example `openai/text-embedding-3-small`. */
  readonly id: string;
  /** Most texts of one call. `embed` cuts longer lists. */
  readonly maxTexts: number;
  /** Most characters (UTF-16 code units) of one call's texts together. Absent: no limit. */
  readonly maxChars?: number;
  /** Most calls at once. Absent: as many as the caller wants. */
  readonly maxCalls?: number;
  /** Embeds the texts of one call. */
  embedTexts(texts: readonly string[], call: EmbeddingCall): Promise<EmbeddedTexts>;
}

/** Whether a value can be asked for vectors. */
export function isEmbeddingModel(value: unknown): value is EmbeddingModel {
  if (typeof value !== "object" || value === null) return false;
  const { id, maxTexts, embedTexts } = value as { id?: unknown; maxTexts?: unknown; embedTexts?: unknown };
  return typeof id === "string" && typeof maxTexts === "number" && typeof embedTexts === "function";
}
