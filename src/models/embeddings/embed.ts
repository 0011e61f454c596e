import { onAbort } from "../../base/on-abort.js";
import { exactly, limit, signal as signalCheck, stringRecord, wholeNumber } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import { cost } from "../prices/cost.js";
import { defaultPrices } from "../prices/default-prices.js";
import type { PriceTable } from "../prices/price-table.js";
import { priceTable } from "../prices/price-table.js";
import { embedder } from "./embedder.js";
import type { EmbeddedTexts, EmbeddingCall, EmbeddingModel } from "./embedding-model.js";
import { isEmbeddingModel } from "./embedding-model.js";
import { type AiSdkEmbeddingModel, fromAiSdkEmbedding, isAiSdkEmbedding } from "./from-ai-sdk-embedding.js";

/** Settings of `embed`. */
export interface EmbedOptions extends EmbeddingCall {
  /** Most texts of one call. Default: as many as the model takes. */
  batchSize?: number;
  /** Most calls at once. Default 4, or what the model allows where that is less. */
  concurrency?: number;
  /** Default: the built-in prices, with those of the file `SLUICE_PRICES` before them. */
  prices?: PriceTable;
}

/** Vectors, and what they took. */
export interface Embedded {
  /** One for each text, in their order, all of one length. */
  vectors: number[][];
  /** Over all calls; a count is absent where a service does not say. */
  usage: Usage;
  /** USD, where tokens and price are known. */
  cost?: number;
}

const checkOptions = exactly("embed", {
  dimensions: wholeNumber(1),
  signal: signalCheck,
  headers: stringRecord,
  batchSize: limit,
  concurrency: limit,
  prices: priceTable,
});

/**
 * Turns texts into vectors: in batches that the model takes, several at once, in the order of the texts. The first batch that
 * fails ends the others.
 *
 * @param model an embedding model, its name as `embedder` takes it, or one of the AI SDK.
 * @throws {SluiceError} `invalid-argument` for a text that is empty or not a string, and for unknown options;
 *   `malformed-frame` where the answer does not have one vector of one length for each text; else as the service fails.
 * @example
 * ```ts
 * import { embed } from "sluice/models";
 *
 * const { vectors, usage, cost } = await embed("openai/text-embedding-3-small", ["a gate", "a stream"]);
 * ```
 */
export async function embed(
  model: EmbeddingModel | AiSdkEmbeddingModel | string,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Embedded> {
  checkOptions(options, "");
  checkTexts(texts);
  const used = await embeddingModelOf(model);
  const { batchSize = Number.POSITIVE_INFINITY, concurrency = 4, prices, ...call } = options;
  const batches = cutBatches(texts, Math.min(batchSize, used.maxTexts), used.maxChars ?? Number.POSITIVE_INFINITY);
  const answers = await runAll(used, batches, Math.min(concurrency, used.maxCalls ?? concurrency), call);
  const vectors = answers.flatMap((answer) => answer.vectors);
  checkOneLength(vectors, used.id);
  const usage = answers.map((answer) => answer.usage).reduce(addUsage, {});
  const counted = answers.every((answer) => answer.usage.inputTokens !== undefined);
  if (!counted) return { vectors, usage: {} };
  const usd = cost({ inputTokens: 0, outputTokens: 0, ...usage }, used.id, prices ?? defaultPrices());
  return { vectors, usage, ...(usd !== undefined && { cost: usd }) };
}

async function embeddingModelOf(value: unknown): Promise<EmbeddingModel> {
  if (typeof value === "string") return embedder(value);
  if (isEmbeddingModel(value)) return value;
  if (isAiSdkEmbedding(value)) return fromAiSdkEmbedding(value);
  throw invalid("model", value, "an embedding model, or a name such as openai/text-embedding-3-small");
}

function checkTexts(texts: unknown): void {
  if (!Array.isArray(texts)) throw invalid("texts", texts, "a list of texts");
  for (const [index, text] of texts.entries()) {
    if (typeof text !== "string" || text === "") throw invalid(`texts[${index}]`, text, "a text that is not empty");
  }
}

/** Whole texts in batches, each as long as both limits allow. A text that is longer than a batch is one by itself. */
export function cutBatches(texts: readonly string[], maxTexts: number, maxChars: number): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let chars = 0;
  for (const text of texts) {
    if (batch.length > 0 && (batch.length >= maxTexts || chars + text.length > maxChars)) {
      batches.push(batch);
      batch = [];
      chars = 0;
    }
    batch.push(text);
    chars += text.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

async function runAll(
  model: EmbeddingModel,
  batches: readonly string[][],
  atOnce: number,
  { signal, ...call }: EmbeddingCall,
): Promise<EmbeddedTexts[]> {
  const answers: EmbeddedTexts[] = [];
  const stop = new AbortController();
  const cancel = () => stop.abort(signal?.reason);
  const callOff = signal === undefined ? undefined : onAbort(signal, cancel);
  if (signal?.aborted) cancel();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < batches.length; index = next++) {
      if (stop.signal.aborted) throw new SluiceError("cancelled", "the call was cancelled", { model: model.id });
      answers[index] = await model.embedTexts(batches[index] ?? [], { ...call, signal: stop.signal });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, batches.length) }, worker));
    return answers;
  } catch (thrown) {
    stop.abort(thrown);
    const error = SluiceError.from(thrown);
    throw error.model === undefined ? error.with({ model: model.id }) : error;
  } finally {
    callOff?.();
  }
}

function checkOneLength(vectors: readonly number[][], id: string): void {
  const [first] = vectors;
  const other = vectors.findIndex((vector) => vector.length !== first?.length);
  if (other === -1) return;
  throw new SluiceError("malformed-frame", `${id}: the vector of text ${other} has another length than the first`, {
    model: id,
  });
}
