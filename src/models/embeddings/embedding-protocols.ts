import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { Usage } from "../../stream/usage.js";

/** How a kind of service is asked for vectors. */
export interface EmbeddingProtocol {
  /** Most texts of one call. */
  readonly maxTexts: number;
  /** Where the call goes, below the base URL. */
  path(model: string): string;
  /** The body of the call. */
  write(model: string, texts: readonly string[], dimensions: number | undefined): JsonObject;
  /** The vectors, not yet checked, and the tokens. */
  read(body: JsonObject): { vectors: unknown; usage: Usage };
}

/** https://platform.openai.com/docs/api-reference/embeddings/create, and the services that have the same. */
const OPENAI: EmbeddingProtocol = {
  // OpenAI takes 2,048; others less (vLLM and TEI have their own limits, which are settings).
  maxTexts: 256,
  path: () => "/embeddings",
  write: (model, input, dimensions) => ({ model, input: [...input], ...(dimensions !== undefined && { dimensions }) }),
  read: ({ data, usage }) => ({ vectors: inOrder(data), usage: tokens(usage, "prompt_tokens") }),
};

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents: at most 100 a call. */
const GEMINI: EmbeddingProtocol = {
  maxTexts: 100,
  path: (model) => `/models/${model}:batchEmbedContents`,
  write: (model, texts, dimensions) => ({
    requests: texts.map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    })),
  }),
  read: ({ embeddings, usageMetadata }) => ({
    vectors: Array.isArray(embeddings) ? embeddings.map((one) => (isJsonObject(one) ? one.values : one)) : embeddings,
    usage: tokens(usageMetadata, "promptTokenCount"),
  }),
};

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings */
const OLLAMA: EmbeddingProtocol = {
  maxTexts: 64,
  path: () => "/api/embed",
  // Otherwise it cuts a text that is too long, and says nothing.
  write: (model, input, dimensions) => ({
    model,
    input: [...input],
    truncate: false,
    ...(dimensions !== undefined && { dimensions }),
  }),
  read: (body) => ({ vectors: body.embeddings, usage: tokens(body, "prompt_eval_count") }),
};

/**
 * How a service of a dialect is asked for vectors.
 *
 * @throws {SluiceError} `unsupported` for one that has none.
 */
export function embeddingProtocolOf(dialect: string, id: string): EmbeddingProtocol {
  switch (dialect) {
    case "openai-chat":
    case "openai-responses":
      return OPENAI;
    case "gemini":
      return GEMINI;
    case "ollama":
      return OLLAMA;
    default:
      throw new SluiceError("unsupported", `${id}: its service has no embeddings that Sluice knows of`, { model: id });
  }
}

/** In the order of the texts, which OpenAI's answer gives by number. */
function inOrder(data: JsonValue | undefined): unknown {
  if (!Array.isArray(data)) return data;
  const vectors: unknown[] = new Array(data.length).fill(undefined);
  for (const [place, row] of data.entries()) {
    if (!isJsonObject(row)) continue;
    const index = typeof row.index === "number" ? row.index : place;
    if (index in vectors) vectors[index] = row.embedding;
  }
  return vectors;
}

function tokens(object: JsonValue | undefined, field: string): Usage {
  const count = isJsonObject(object) ? object[field] : undefined;
  if (typeof count !== "number" || object === undefined) return {};
  // Ollama's counts stand beside the vectors, which are no usage.
  const raw = isJsonObject(object) && "embeddings" in object ? { [field]: count } : object;
  return { inputTokens: count, outputTokens: 0, raw };
}
