import { invalid, SluiceError } from "../../stream/error.js";
import { readError } from "../ai-sdk/read-error.js";
import { checkVectors } from "./check-vectors.js";
import type { EmbeddingModel } from "./embedding-model.js";

/** Any `EmbeddingModelV2`, `EmbeddingModelV3` or `EmbeddingModelV4` of texts. Only what is needed of them. */
export interface AiSdkEmbeddingModel {
  /** The version of the AI SDK's interface. */
  readonly specificationVersion: "v2" | "v3" | "v4";
  /** For example `openai.embedding`. */
  readonly provider: string;
  /** The provider's name of the model. */
  readonly modelId: string;
  /** Most texts of one call; `undefined` for no limit. */
  readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
  /** Whether several calls may go on at once. */
  readonly supportsParallelCalls: PromiseLike<boolean> | boolean;
  /** Makes a vector of each text. */
  doEmbed(options: {
    values: string[];
    abortSignal?: AbortSignal;
    headers?: Record<string, string>;
    /** From v4 on. */
    dimensions?: number;
  }): PromiseLike<{ embeddings: number[][]; usage?: { tokens: number } | undefined }>;
}

/** How many texts a model takes that does not say so. */
const MAX_TEXTS = 256;

/** Whether a value is an embedding model of the AI SDK. */
export function isAiSdkEmbedding(value: unknown): value is AiSdkEmbeddingModel {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "doEmbed") === "function";
}

/**
 * An embedding model out of one of the AI SDK (`ai` 5, 6 and 7). It is called once for each batch: failed calls are not
 * made again here.
 *
 * @throws {SluiceError} `invalid-argument` for anything else; `unsupported` for `dimensions` before v4, which has no such option.
 */
export async function fromAiSdkEmbedding(model: AiSdkEmbeddingModel): Promise<EmbeddingModel> {
  if (!isAiSdkEmbedding(model) || !["v2", "v3", "v4"].includes(model.specificationVersion)) {
    throw invalid("model", model, "an embedding model of the AI SDK, specification v2 to v4");
  }
  const id = `${model.provider}/${model.modelId}`;
  const most = await model.maxEmbeddingsPerCall;
  const parallel = await model.supportsParallelCalls;
  return {
    id,
    maxTexts: most !== undefined && Number.isSafeInteger(most) && most > 0 ? most : MAX_TEXTS,
    ...(!parallel && { maxCalls: 1 }),
    async embedTexts(texts, { dimensions, signal, headers }) {
      if (dimensions !== undefined && model.specificationVersion !== "v4") {
        throw new SluiceError("unsupported", `${id}: its version of the AI SDK's interface takes no dimensions`, {
          model: id,
        });
      }
      const options = {
        values: [...texts],
        ...(signal && { abortSignal: signal }),
        ...(headers && { headers }),
        ...(dimensions !== undefined && { dimensions }),
      };
      const { embeddings, usage } = await answered(model, options, id);
      const inputTokens = usage?.tokens;
      // Some providers fill in NaN where they do not know.
      const known = typeof inputTokens === "number" && Number.isFinite(inputTokens);
      return {
        vectors: checkVectors(embeddings, texts.length, id),
        usage: known ? { inputTokens, outputTokens: 0 } : {},
      };
    },
  };
}

async function answered(
  model: AiSdkEmbeddingModel,
  options: Parameters<AiSdkEmbeddingModel["doEmbed"]>[0],
  id: string,
) {
  try {
    return await model.doEmbed(options);
  } catch (thrown) {
    if (options.abortSignal?.aborted) {
      throw new SluiceError("cancelled", "the call was cancelled", { model: id, cause: thrown });
    }
    throw readError(thrown).with({ model: id });
  }
}
