export type { ModelWrapper, WrappedCall, WrappedModel } from "../stream/wrap-model.js";
export { wrapModel } from "../stream/wrap-model.js";
export type { A2aModelOptions } from "./a2a/a2a-model.js";
export { a2aModel } from "./a2a/a2a-model.js";
export type { FromAiSdkOptions } from "./ai-sdk/from-ai-sdk.js";
export { fromAiSdk } from "./ai-sdk/from-ai-sdk.js";
export type {
  AiSdkLanguageModel,
  AiSdkVersion,
  ServedLanguageModel,
  ServedLanguageModelV2,
  ServedLanguageModelV3,
  ServedLanguageModelV4,
} from "./ai-sdk/language-model.js";
export type { ToAiSdkOptions } from "./ai-sdk/to-ai-sdk.js";
export { toAiSdk } from "./ai-sdk/to-ai-sdk.js";
export type { ModelContext, ModelDefinition, ModelOutput } from "./define-model.js";
export { defineModel } from "./define-model.js";
export type { EchoOptions } from "./echo.js";
export { echo } from "./echo.js";
export type { Embedded, EmbedOptions } from "./embeddings/embed.js";
export { embed } from "./embeddings/embed.js";
export type { EmbedderOptions } from "./embeddings/embedder.js";
export { embedder } from "./embeddings/embedder.js";
export type { EmbeddedTexts, EmbeddingCall, EmbeddingModel } from "./embeddings/embedding-model.js";
export type { AiSdkEmbeddingModel } from "./embeddings/from-ai-sdk-embedding.js";
export { fromAiSdkEmbedding } from "./embeddings/from-ai-sdk-embedding.js";
export type { FallbackOptions, FallbackPolicy } from "./fallback.js";
export { fallback } from "./fallback.js";
export { nodeTransport } from "./http/default-transport.js";
export type { FetchTransportOptions } from "./http/fetch-transport.js";
export { fetchTransport } from "./http/fetch-transport.js";
export type { HttpModelOptions } from "./http/http-model.js";
export { httpModel } from "./http/http-model.js";
export type { HttpServiceOptions } from "./http/http-service.js";
export type { Exchange, HttpRequest, ResponseHead, Transport } from "./http/transport.js";
export type { UndiciTransportOptions } from "./http/undici-transport.js";
export type { LlamaModel, LlamaOptions } from "./llama/llama.js";
export { llama } from "./llama/llama.js";
export { model } from "./named-model.js";
export { cost } from "./prices/cost.js";
export { CostMeter } from "./prices/cost-meter.js";
export { defaultPrices } from "./prices/default-prices.js";
export type { Price, PriceRow, PriceTable, PriceTier } from "./prices/price-table.js";
export { checkPriceTable } from "./prices/price-table.js";
export { PRICES } from "./prices/prices.js";
export type { Address, AddressVariable, Environment, GetJson, Provider, ProviderStatus } from "./provider.js";
export type { ModelOptions } from "./provider-service.js";
export { record } from "./record.js";
export { configuredProviders, Registry, registerProvider } from "./registry.js";
export type { ReplayOptions } from "./replay.js";
export { replay } from "./replay.js";
export type { ConcurrencyLimitOptions } from "./routing/concurrency-limit.js";
export { ConcurrencyLimit } from "./routing/concurrency-limit.js";
export { limitConcurrency } from "./routing/limit-concurrency.js";
export type { RouteChoice } from "./routing/order-targets.js";
export type { RoutedModel, RouteState } from "./routing/route.js";
export { route } from "./routing/route.js";
export type { RouteOptions, RouteTargetOptions } from "./routing/route-options.js";
export type { RouteBreaker, RouteTargetState } from "./routing/route-target.js";
export type { ScriptedModel, ScriptedOptions, ScriptLine } from "./scripted.js";
export { scripted } from "./scripted.js";
export type { SimulateOptions } from "./simulate.js";
export { simulate } from "./simulate.js";
