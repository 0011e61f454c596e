import { MockEmbeddingModelV2 } from "ai5/test";
import { MockEmbeddingModelV3 } from "ai6/test";
import { MockEmbeddingModelV4 } from "ai7/test";
import { describe, expect, test } from "vitest";
import { embed } from "./embed.js";
import { type AiSdkEmbeddingModel, fromAiSdkEmbedding } from "./from-ai-sdk-embedding.js";

const usage = { tokens: 4 };
const embeddings = (values: readonly string[]) => values.map((text) => [text.length]);

/** The AI SDK's own test models, as its types have them. */
const MODELS: Record<AiSdkEmbeddingModel["specificationVersion"], AiSdkEmbeddingModel> = {
  v2: new MockEmbeddingModelV2<string>({
    maxEmbeddingsPerCall: 2,
    doEmbed: async ({ values }) => ({ embeddings: embeddings(values), usage }),
  }),
  v3: new MockEmbeddingModelV3({
    maxEmbeddingsPerCall: 2,
    doEmbed: async ({ values }) => ({ embeddings: embeddings(values), usage, warnings: [] }),
  }),
  v4: new MockEmbeddingModelV4({
    maxEmbeddingsPerCall: 2,
    doEmbed: async ({ values }) => ({ embeddings: embeddings(values), usage, warnings: [] }),
  }),
};

describe.each(Object.entries(MODELS))("a model of %s", (_, model) => {
  test("is asked in batches of what it takes", async () => {
    const embedded = await embed(model, ["a", "bb", "ccc"]);
    expect(embedded.vectors).toEqual([[1], [2], [3]]);
    expect(embedded.usage).toMatchObject({ inputTokens: 8 });
  });
});

test("anything else is refused", async () => {
  const none: object = { ...MODELS.v4, specificationVersion: "v1", doEmbed: () => {} };
  await expect(fromAiSdkEmbedding(none as AiSdkEmbeddingModel)).rejects.toMatchObject({ code: "invalid-argument" });
});
