/**
 * Every name of OpenTelemetry that Sluice writes stands in this file and nowhere else: those of the conventions for generative
 * AI still change (all of `gen_ai.*` is "Development"; only `error.type` is stable).
 *
 * Two releases are written. By default the last one of the core conventions, which most backends read:
 * https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai. Where `OTEL_SEMCONV_STABILITY_OPT_IN` has
 * `gen_ai_latest_experimental`, the first one of their own repository:
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/v0.1.0/docs/gen-ai.
 */

/** What the spans and metrics are made by. */
export const SCOPE = "sluice";

/** The variable that chooses the release, a list with commas, and its value for the newest. */
const OPT_IN = { variable: "OTEL_SEMCONV_STABILITY_OPT_IN", latest: "gen_ai_latest_experimental" } as const;

/** What is done: the first word of a span's name. */
export const OPERATION = {
  chat: "chat",
  embeddings: "embeddings",
  executeTool: "execute_tool",
  invokeAgent: "invoke_agent",
  invokeWorkflow: "invoke_workflow",
} as const;

/** Attributes that both releases call the same. */
export const ATTRIBUTE = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  conversation: "gen_ai.conversation.id",
  outputType: "gen_ai.output.type",
  requestModel: "gen_ai.request.model",
  stream: "gen_ai.request.stream",
  seed: "gen_ai.request.seed",
  topK: "gen_ai.request.top_k",
  topP: "gen_ai.request.top_p",
  temperature: "gen_ai.request.temperature",
  maxTokens: "gen_ai.request.max_tokens",
  frequencyPenalty: "gen_ai.request.frequency_penalty",
  presencePenalty: "gen_ai.request.presence_penalty",
  stopSequences: "gen_ai.request.stop_sequences",
  responseId: "gen_ai.response.id",
  responseModel: "gen_ai.response.model",
  finishReasons: "gen_ai.response.finish_reasons",
  timeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  tokenType: "gen_ai.token.type",
  toolName: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  toolDescription: "gen_ai.tool.description",
  toolCallId: "gen_ai.tool.call.id",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  agentName: "gen_ai.agent.name",
  agentDescription: "gen_ai.agent.description",
  dimensions: "gen_ai.embeddings.dimension.count",
  errorType: "error.type",
} as const;

/** Attributes and span events for which the conventions have no name. */
export const OWN = {
  /** USD of the call, as far as it is known. */
  cost: "sluice.usage.cost",
  /** The run, for logs and resumed answers. */
  run: "sluice.run.id",
  /** The reader left before the end: no error, and no whole answer either. */
  cancelled: "sluice.cancelled",
  /** The run of a tool ended to wait for somebody's answer. */
  suspended: "sluice.suspended",
  /** An event: another model answers from here. */
  fallback: "sluice.fallback",
  /** An event: what was answered until here is void. */
  retract: "sluice.retract",
  /** An event: the scrubbing function failed, so that content is missing. */
  contentDropped: "sluice.content_dropped",
  daprComponent: "dapr.component",
  daprApi: "dapr.api",
} as const;

/**
 * What stands in `gen_ai.response.finish_reasons` of an answer that began and whose reason did not come, whoever ended it: it failed, or
 * its reader left (https://github.com/open-telemetry/semantic-conventions-genai/pull/363).
 */
export const FINISH_CUT = "error";

/** What differs between the releases. */
export interface Conventions {
  readonly release: "semantic-conventions 1.41.0" | "semantic-conventions-genai 0.1.0";
  /** The attribute for tokens that were written to the provider's cache. */
  readonly cacheWriteTokens: string;
  /** Histograms, in s. */
  readonly duration: string;
  readonly timeToFirstChunk: string;
  readonly timePerOutputChunk: string;
  readonly embeddingsDuration: string;
  /** The metric of how long tools take; absent if the release has none. */
  readonly toolDuration?: string;
  /** Metrics of runs of agents; absent if the release has none. */
  readonly agents?: AgentMetrics;
  /** Metrics of tokens: one histogram by type, or histograms a call and counters. */
  readonly tokens: TokenMetrics;
}

/** How a release measures runs of agents: all histograms, the first in s. */
export interface AgentMetrics {
  readonly duration: string;
  /** Model calls of a run. */
  readonly modelCalls: string;
  /** Tool calls of a run. */
  readonly toolCalls: string;
}

/** How a release counts tokens. */
type TokenMetrics =
  | { readonly kind: "by-type"; readonly usage: string }
  | {
      readonly kind: "by-name";
      readonly inputPerCall: string;
      readonly outputPerCall: string;
      readonly embeddingsInputPerCall: string;
      readonly input: string;
      readonly output: string;
      readonly cacheRead: string;
      readonly cacheWrite: string;
      readonly reasoning: string;
    };

/** The last release in the core conventions. */
const CORE: Conventions = {
  release: "semantic-conventions 1.41.0",
  cacheWriteTokens: "gen_ai.usage.cache_creation.input_tokens",
  duration: "gen_ai.client.operation.duration",
  timeToFirstChunk: "gen_ai.client.operation.time_to_first_chunk",
  timePerOutputChunk: "gen_ai.client.operation.time_per_output_chunk",
  embeddingsDuration: "gen_ai.client.operation.duration",
  tokens: { kind: "by-type", usage: "gen_ai.client.token.usage" },
};

/** The first release of the conventions' own repository. */
const LATEST: Conventions = {
  release: "semantic-conventions-genai 0.1.0",
  cacheWriteTokens: "gen_ai.usage.cache_write.input_tokens",
  duration: "gen_ai.client.inference.duration",
  timeToFirstChunk: "gen_ai.client.inference.time_to_first_chunk",
  timePerOutputChunk: "gen_ai.client.inference.time_per_output_chunk",
  embeddingsDuration: "gen_ai.client.embeddings.duration",
  toolDuration: "gen_ai.execute_tool.duration",
  agents: {
    duration: "gen_ai.invoke_agent.duration",
    modelCalls: "gen_ai.invoke_agent.inference_calls",
    toolCalls: "gen_ai.invoke_agent.tool_calls",
  },
  tokens: {
    kind: "by-name",
    inputPerCall: "gen_ai.client.inference.operation.input_tokens",
    outputPerCall: "gen_ai.client.inference.operation.output_tokens",
    embeddingsInputPerCall: "gen_ai.client.embeddings.operation.input_tokens",
    input: "gen_ai.client.inference.usage.input_tokens",
    output: "gen_ai.client.inference.usage.output_tokens",
    cacheRead: "gen_ai.client.inference.usage.cache_read.input_tokens",
    cacheWrite: "gen_ai.client.inference.usage.cache_write.input_tokens",
    reasoning: "gen_ai.client.inference.usage.reasoning.output_tokens",
  },
};

/** Bounds of buckets in s, as both releases recommend for durations. */
export const SECONDS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Bounds of buckets in s for runs of agents, as 0.1.0 recommends. */
export const AGENT_SECONDS: readonly number[] = [
  0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6,
];

/** Bounds of buckets in calls of one run. */
export const CALLS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128];

/** Bounds of buckets in tokens, as both releases recommend. */
export const TOKENS: readonly number[] = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** Well-known values of `gen_ai.provider.name`, by the provider's id here or in the AI SDK, where the two differ. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["gemini", "gcp.gemini"],
  ["google", "gcp.gemini"],
  ["vertex", "gcp.vertex_ai"],
  ["azure", "azure.ai.openai"],
  ["bedrock", "aws.bedrock"],
  ["amazon-bedrock", "aws.bedrock"],
  ["mistral", "mistral_ai"],
  ["moonshot", "moonshot_ai"],
  ["moonshotai", "moonshot_ai"],
  ["xai", "x_ai"],
]);

/** The release that an environment asks for. */
export function conventionsOf(env: Readonly<Record<string, string | undefined>>): Conventions {
  const asked = (env[OPT_IN.variable] ?? "").split(",").map((value) => value.trim());
  return asked.includes(OPT_IN.latest) ? LATEST : CORE;
}

/** The provider and the model that an id such as `openai/gpt-5` names, in the conventions' words. */
export function targetOf(modelId: string): { provider: string; model: string } {
  const slash = modelId.indexOf("/");
  const given = slash === -1 ? "" : modelId.slice(0, slash);
  // `fallback(openai/gpt-5, …)` is no provider's, and neither are names that people gave.
  if (!/^[\w.-]+$/.test(given)) return { provider: SCOPE, model: modelId };
  // The AI SDK's have their API behind a dot: `openai.responses`.
  const [vendor = given] = given.split(".", 1);
  return { provider: PROVIDERS.get(vendor) ?? vendor, model: modelId.slice(slash + 1) };
}
