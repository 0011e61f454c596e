import { isJsonObject, type JsonObject, type JsonValue } from "../../../base/json.js";
import { SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";

/** The parts of `@aws-sdk/client-bedrock-runtime` that are used, as its documentation describes them. */
export interface BedrockSdk {
  BedrockRuntimeClient: new (options: BedrockClientOptions) => BedrockClient;
  ConverseCommand: new (input: ConverseInput) => object;
  ConverseStreamCommand: new (input: ConverseInput) => object;
}

/** Settings of the client. What is absent comes from the usual places: variables, profiles, the machine's role. */
interface BedrockClientOptions {
  region?: string;
  endpoint?: string;
  credentials?: unknown;
  maxAttempts: number;
}

/** Keys of an account. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The client. What `send` resolves with depends on the command: see `ConverseOutput` and `ConverseStreamOutput`. */
export interface BedrockClient {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<unknown>;
}

/**
 * The input of both commands.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export interface ConverseInput {
  modelId: string;
  messages: ConverseMessage[];
  system?: { text: string }[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: { tools: ConverseTool[]; toolChoice?: ConverseToolChoice };
  requestMetadata?: Record<string, string>;
}

export interface ConverseMessage {
  role: "user" | "assistant";
  content: ConverseBlock[];
}

/** One of these is set. */
export interface ConverseBlock {
  text?: string;
  image?: { format: string; source: { bytes: Uint8Array } };
  document?: { format: string; name: string; source: { bytes: Uint8Array } };
  /** `type`: `server_tool_use` for a tool that Bedrock runs itself, whose result stands in the same answer. */
  toolUse?: { toolUseId: string; name: string; input: JsonValue; type?: string };
  toolResult?: { toolUseId: string; content: ConverseResultContent[]; status?: "error" | "success" };
  reasoningContent?: { reasoningText?: { text?: string; signature?: string }; redactedContent?: Uint8Array };
  citationsContent?: { content?: { text?: string }[]; citations?: ConverseCitation[] };
}

/** What a text is taken from. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export interface ConverseCitation {
  title?: string;
  /** Its name, if it has no address on the web. */
  source?: string;
  sourceContent?: { text?: string }[];
  location?: { web?: { url?: string; domain?: string } };
}

/** One part of what a tool returned. */
export type ConverseResultContent =
  | { text: string }
  | { json: JsonObject }
  | { image: { format: string; source: { bytes: Uint8Array } } };

interface ConverseTool {
  toolSpec: { name: string; description?: string; inputSchema: { json: JsonObject } };
}

export type ConverseToolChoice = { auto: object } | { any: object } | { tool: { name: string } };

/** Tokens of one call. */
export interface ConverseUsage {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
}

/** What `ConverseCommand` answers. */
export interface ConverseOutput {
  output?: { message?: { content?: ConverseBlock[] } };
  stopReason?: string;
  usage?: ConverseUsage;
}

/** What `ConverseStreamCommand` answers. */
export interface ConverseStreamOutput {
  stream?: AsyncIterable<ConverseStreamEvent>;
}

/** One event of a streamed answer; one of these is set. */
export interface ConverseStreamEvent {
  contentBlockStart?: {
    start?: {
      toolUse?: { toolUseId?: string; name?: string; type?: string };
      toolResult?: { toolUseId?: string; status?: string };
    };
    contentBlockIndex?: number;
  };
  contentBlockDelta?: {
    delta?: {
      text?: string;
      toolUse?: { input?: string };
      toolResult?: ConverseResultContent[];
      reasoningContent?: { text?: string; signature?: string; redactedContent?: Uint8Array };
      citation?: ConverseCitation;
    };
    contentBlockIndex?: number;
  };
  contentBlockStop?: { contentBlockIndex?: number };
  messageStop?: { stopReason?: string };
  metadata?: { usage?: ConverseUsage };
}

/** Loads a package by its name, instead of importing it: for tests. */
export type ImportPackage = (name: string) => Promise<unknown>;

const SDK = "@aws-sdk/client-bedrock-runtime";
const PROVIDERS = "@aws-sdk/credential-providers";

/**
 * Loads the SDK, which applications install themselves.
 *
 * @throws {SluiceError} `unsupported` with the package to install.
 */
export async function loadBedrockSdk(importPackage: ImportPackage | undefined): Promise<BedrockSdk> {
  const sdk = await load(SDK, importPackage);
  if (isBedrockSdk(sdk)) return sdk;
  throw new SluiceError("unsupported", `${SDK} has no ConverseStreamCommand: install version 3.600 or newer`);
}

/**
 * Credentials of a role that the given keys, or those of the machine, may take on.
 *
 * @throws {SluiceError} `unsupported` with the package to install.
 */
export async function roleCredentials(
  roleArn: string,
  keys: AwsKeys | undefined,
  importPackage: ImportPackage | undefined,
): Promise<unknown> {
  const providers = await load(PROVIDERS, importPackage);
  const make: unknown = isRecord(providers) ? providers.fromTemporaryCredentials : undefined;
  if (typeof make !== "function") throw new SluiceError("unsupported", `${PROVIDERS} has no fromTemporaryCredentials`);
  return make({ params: { RoleArn: roleArn, RoleSessionName: "sluice" }, ...(keys && { masterCredentials: keys }) });
}

function load(name: typeof SDK | typeof PROVIDERS, importPackage: ImportPackage | undefined): Promise<unknown> {
  return loadPeer(
    name,
    "conversation.aws.bedrock",
    importPackage && { load: () => importPackage(name), version: () => undefined },
  );
}

function isBedrockSdk(sdk: unknown): sdk is BedrockSdk {
  const names = ["BedrockRuntimeClient", "ConverseCommand", "ConverseStreamCommand"];
  return isRecord(sdk) && names.every((name) => typeof sdk[name] === "function");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isJsonObject(value);
}
