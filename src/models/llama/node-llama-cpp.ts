import type { JsonObject, JsonValue } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";

/**
 * The part of `node-llama-cpp` (3.x) that is used here. The package is an optional peer, so its own types are not at hand
 * where it is not installed. Source: https://node-llama-cpp.withcat.ai/api/
 */
export interface NodeLlamaCpp {
  getLlama(options: LlamaOptions): Promise<Llama>;
  LlamaChat: new (options: { contextSequence: LlamaSequence; chatWrapper: ChatWrapper }) => LlamaChat;
  resolveChatWrapper(model: LlamaModel, options: { warningLogs: boolean }): ChatWrapper;
}

/** Settings of the native library. */
interface LlamaOptions {
  /** `never`: no compiler is started where no build fits this machine. */
  build: "never";
  progressLogs: false;
  logLevel: "error";
  logger: (level: string, message: string) => void;
}

/** The native library: one for the process. */
export interface Llama {
  /** Cores that are useful for arithmetic, as llama.cpp counts them. */
  readonly cpuMathCores: number;
  /** How many threads all contexts share; 0: no limit. */
  maxThreads: number;
  loadModel(options: { modelPath: string }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: JsonObject): Promise<LlamaGrammar>;
}

/** A compiled grammar. */
interface LlamaGrammar {
  readonly grammar: string;
}

/** Weights in memory. */
export interface LlamaModel {
  readonly tokenizer: unknown;
  isEogToken(token: number): boolean;
  createContext(options: {
    contextSize: number | { max: number };
    threads: number;
    failedCreationRemedy?: false;
  }): Promise<LlamaContext>;
  dispose(): Promise<void>;
}

/** The state of what is being evaluated. */
export interface LlamaContext {
  readonly contextSize: number;
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
}

/** The tokens of one prompt and its answer. */
export interface LlamaSequence {
  readonly contextSize: number;
  readonly nextTokenIndex: number;
  compareContextTokens(tokens: readonly number[]): { firstDifferentIndex: number };
  evaluate(tokens: number[], options?: object): AsyncGenerator<number, void, undefined | number | number[]>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
}

/** The form in which a model reads a conversation, from the template in its file. */
export interface ChatWrapper {
  readonly settings: { readonly segments?: { readonly thought?: unknown } };
  generateContextState(options: { chatHistory: readonly ChatHistoryItem[]; availableFunctions?: ChatFunctions }): {
    contextText: { tokenize(tokenizer: unknown): number[] };
  };
}

/** One turn of a conversation; what the tools returned stands within the model's. */
export type ChatHistoryItem =
  | { type: "system"; text: string }
  | { type: "user"; text: string }
  | { type: "model"; response: ModelResponse[] };

/** A piece of the model's output. */
export type ModelResponse =
  | string
  | { type: "segment"; segmentType: "thought"; text: string; ended: boolean }
  | { type: "functionCall"; name: string; params: JsonValue; result: JsonValue; startsNewChunk?: boolean };

/** Tools by name. */
export type ChatFunctions = Readonly<Record<string, { description?: string; params?: JsonObject }>>;

/** Generates answers on a sequence. */
interface LlamaChat {
  generateResponse(history: ChatHistoryItem[], options: GenerateOptions): Promise<GenerateResult>;
  dispose(): void;
}

/** How an answer is sampled. */
export interface SamplingOptions {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  repeatPenalty?: JsonValue;
  dryRepeatPenalty?: JsonValue;
  xtc?: JsonValue;
}

/** Settings of one answer. */
export interface GenerateOptions extends SamplingOptions {
  signal: AbortSignal;
  maxTokens: number;
  grammar?: LlamaGrammar;
  functions?: ChatFunctions;
  maxParallelFunctionCalls?: number;
  budgets?: { thoughtTokens: number; includeCurrentResponse: boolean };
  contextShift: { strategy: () => { chatHistory: ChatHistoryItem[] } };
  onResponseChunk: (chunk: ResponseChunk) => void;
  onFunctionCallParamsChunk?: (chunk: FunctionParamsChunk) => void;
  onFunctionCall?: (call: { functionName: string; params: unknown }) => void;
}

/** A piece of the answer; with a segment type, of what the model thinks or remarks. */
export interface ResponseChunk {
  segmentType: "thought" | "comment" | undefined;
  text: string;
  tokens: readonly number[];
}

/** A piece of a call's arguments. */
export interface FunctionParamsChunk {
  callIndex: number;
  functionName: string;
  paramsChunk: string;
}

/** How an answer ended. */
interface GenerateResult {
  metadata: { stopReason: string };
}

/**
 * Loads the package.
 *
 * @throws {SluiceError} `unsupported` where it is not installed or cannot be loaded, with what to do.
 */
export async function importNodeLlamaCpp(): Promise<NodeLlamaCpp> {
  try {
    return (await loadPeer("node-llama-cpp", "llama/…")) as NodeLlamaCpp;
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    // A build that does not fit this machine.
    throw new SluiceError("unsupported", `the package node-llama-cpp cannot be loaded: ${messageOf(cause)}`, { cause });
  }
}
