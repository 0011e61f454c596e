import type { JsonObject, JsonValue } from "../../base/json.js";

/**
 * The versions of the AI SDK's language model interface that are spoken here: `v2` is that of `ai` 5, `v3` of `ai` 6,
 * `v4` of `ai` 7 (packages `@ai-sdk/provider` 2, 3 and 4).
 */
export type AiSdkVersion = "v2" | "v3" | "v4";

/** All of them. */
export const AI_SDK_VERSIONS: readonly AiSdkVersion[] = ["v2", "v3", "v4"];

/** Patterns of the URLs that a model fetches by itself, by media type (`image/png`, `image/*`, `*`). */
export type SupportedUrls = Record<string, RegExp[]>;

/** What providers send beside the answer, and get beside the request, by the provider's name. */
export type ProviderMetadata = Record<string, JsonObject>;

/**
 * Any `LanguageModelV2`, `LanguageModelV3` or `LanguageModelV4`. Only what is needed of them, so that a model of any
 * package version fits and none of them is needed here.
 */
export interface AiSdkLanguageModel {
  /** The version of the AI SDK's interface. */
  readonly specificationVersion: AiSdkVersion;
  /** For example `openai.responses`. */
  readonly provider: string;
  /** The provider's name of the model. */
  readonly modelId: string;
  /** URLs that it fetches itself, by media type. Other files are sent as bytes. */
  readonly supportedUrls?: SupportedUrls | PromiseLike<SupportedUrls>;
  /** Answers in one piece. */
  doGenerate(options: AiSdkCallOptions): PromiseLike<AiSdkGenerated>;
  /** Answers as a stream of parts. */
  doStream(options: AiSdkCallOptions): PromiseLike<{ stream: ReadableStream<object> }>;
}

/** A whole answer, as any version gives it. */
export interface AiSdkGenerated {
  content: readonly object[];
  /** From v4 on: the text to parse, where it is not all of the content's. */
  structuredOutputText?: string;
  finishReason: unknown;
  usage: unknown;
  providerMetadata?: object;
  response?: object;
  warnings: readonly object[];
}

/** What a model is asked, in the fields that the versions share. Prompts and tools differ and are looked into where they are read. */
export interface AiSdkCallOptions {
  prompt: readonly object[];
  maxOutputTokens?: number;
  temperature?: number;
  stopSequences?: string[];
  topP?: number;
  topK?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  seed?: number;
  responseFormat?: object;
  tools?: readonly object[];
  toolChoice?: object;
  includeRawChunks?: boolean;
  abortSignal?: AbortSignal;
  headers?: Record<string, string | undefined>;
  /** From v4 on. */
  reasoning?: string;
  providerOptions?: object;
}

interface Annotated {
  providerMetadata?: ProviderMetadata;
}

type BlockEdge = { type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; id: string } & Annotated;
type BlockDelta = { type: "text-delta" | "reasoning-delta"; id: string; delta: string } & Annotated;
type ToolInput =
  | { type: "tool-input-start"; id: string; toolName: string; providerExecuted?: boolean; dynamic?: boolean }
  | { type: "tool-input-delta"; id: string; delta: string }
  | { type: "tool-input-end"; id: string };

/** A call; `input` is JSON text. */
export type ToolCallContent = {
  type: "tool-call";
  toolCallId: string;
  toolName: string;
  input: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
} & Annotated;

/** What a tool that the provider ran returned. */
type ToolResultContent = {
  type: "tool-result";
  toolCallId: string;
  toolName: string;
  result: NonNullable<JsonValue>;
  isError?: boolean;
  preliminary?: boolean;
  /** Version 2 wants it; later ones know no other results. */
  providerExecuted?: boolean;
  dynamic?: boolean;
} & Annotated;

type ApprovalRequestContent = {
  type: "tool-approval-request";
  approvalId: string;
  toolCallId: string;
} & Annotated;

export type SourceContent =
  | ({ type: "source"; sourceType: "url"; id: string; url: string; title?: string } & Annotated)
  | ({
      type: "source";
      sourceType: "document";
      id: string;
      mediaType: string;
      title: string;
      filename?: string;
    } & Annotated);

/** Content of a provider that no other part carries. */
type CustomContent = { type: "custom"; kind: `${string}.${string}` } & Annotated;

/** A file's bytes (or their base64), or where they are. */
export type FileDataV4 = { type: "data"; data: string | Uint8Array } | { type: "url"; url: URL };

type FileContentV4 =
  | ({ type: "file"; mediaType: string; data: FileDataV4 } & Annotated)
  | ({ type: "reasoning-file"; mediaType: string; data: FileDataV4 } & Annotated);
type FileContentV3 = { type: "file"; mediaType: string; data: string | Uint8Array } & Annotated;
type BlockContent = { type: "text" | "reasoning"; text: string } & Annotated;

export type WarningV4 = { type: "unsupported"; feature: string; details?: string } | { type: "other"; message: string };
export type WarningV2 =
  | { type: "unsupported-setting"; setting: string; details?: string }
  | { type: "other"; message: string };

export interface UsageV4 {
  inputTokens: {
    total: number | undefined;
    noCache: number | undefined;
    cacheRead: number | undefined;
    cacheWrite: number | undefined;
  };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  raw?: JsonObject;
}

export interface UsageV2 {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  totalTokens: number | undefined;
  reasoningTokens?: number;
  cachedInputTokens?: number;
}

/** The reasons that all versions have. */
export type UnifiedReason = "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other";
export interface FinishReasonV4 {
  unified: UnifiedReason;
  /** The provider's own word. */
  raw: string | undefined;
}

type ResponseMetadata = { type: "response-metadata"; id?: string; modelId?: string };
type SharedPart =
  | BlockEdge
  | BlockDelta
  | ToolInput
  | ToolCallContent
  | ToolResultContent
  | SourceContent
  | ResponseMetadata
  | { type: "raw"; rawValue: unknown }
  | { type: "error"; error: unknown };
type Finish<Usage, Reason> = { type: "finish"; usage: Usage; finishReason: Reason } & Annotated;

/** What a stream of version 4 says. */
export type PartV4 =
  | SharedPart
  | ApprovalRequestContent
  | FileContentV4
  | CustomContent
  | { type: "stream-start"; warnings: WarningV4[] }
  | Finish<UsageV4, FinishReasonV4>;

/** What a stream of version 3 says. */
export type PartV3 =
  | SharedPart
  | ApprovalRequestContent
  | FileContentV3
  | { type: "stream-start"; warnings: WarningV4[] }
  | Finish<UsageV4, FinishReasonV4>;

/** What a stream of version 2 says. */
export type PartV2 =
  | SharedPart
  | FileContentV3
  | { type: "stream-start"; warnings: WarningV2[] }
  | Finish<UsageV2, UnifiedReason>;

/** The parts of a stream that are content by themselves. */
export type ContentOf<Part> =
  | BlockContent
  | Extract<
      Part,
      { type: "tool-call" | "tool-result" | "tool-approval-request" | "source" | "file" | "reasoning-file" | "custom" }
    >;

/** A whole answer of the version that has these parts. */
export type Generated<Part> = {
  content: ContentOf<Part>[];
  finishReason: FieldOf<Part, "finish", "finishReason">;
  usage: FieldOf<Part, "finish", "usage">;
  providerMetadata?: ProviderMetadata;
  response?: { id?: string; modelId?: string };
  warnings: FieldOf<Part, "stream-start", "warnings">;
};

/** What the parts of a type hold in a field. */
type FieldOf<Part, Type extends string, Field extends string> =
  Extract<Part, { type: Type }> extends { [field in Field]: infer Value } ? Value : never;

/** A language model as `ai` takes it: version and parts go together. */
export interface ServedLanguageModel<Version extends AiSdkVersion, Part> {
  /** The version of the AI SDK's interface. */
  readonly specificationVersion: Version;
  /** For the AI SDK's messages and telemetry. */
  readonly provider: string;
  /** The id of the chat model. */
  readonly modelId: string;
  /** URLs that it takes as they are, by media type. */
  readonly supportedUrls: SupportedUrls;
  /** Answers in one piece. */
  doGenerate(options: AiSdkCallOptions): Promise<Generated<Part>>;
  /** Answers as a stream of parts. */
  doStream(options: AiSdkCallOptions): Promise<{ stream: ReadableStream<Part> }>;
}

/** Assignable to the AI SDK's `LanguageModelV2`. */
export type ServedLanguageModelV2 = ServedLanguageModel<"v2", PartV2>;
/** Assignable to the AI SDK's `LanguageModelV3`. */
export type ServedLanguageModelV3 = ServedLanguageModel<"v3", PartV3>;
/** Assignable to the AI SDK's `LanguageModelV4`. */
export type ServedLanguageModelV4 = ServedLanguageModel<"v4", PartV4>;
