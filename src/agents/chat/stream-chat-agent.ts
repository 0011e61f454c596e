import { model as resolve } from "../../models/named-model.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { exactly, jsonObject } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { Agent } from "../agent.js";
import { type AgentOptions, type AgentRunOptions, checkRunOptions } from "../agent-options.js";
import {
  OBSERVABILITY_PLACES,
  type ObservabilityFlags,
  type ObservabilityOptions,
  observability,
} from "../observability/observability.js";
import { type Signature, signature } from "../signature/signature.js";
import { type ChatConfig, chatConfig } from "./chat-config.js";
import { StreamingStrategy } from "./streaming-strategy.js";

/** A message in, a response out. */
export const ChatSignature: Signature<{ message: string }, { response: string }> = signature("message -> response", {
  instructions: "You are a helpful assistant. Answer the message.",
});

/** What a `StreamChatAgent` can have beside its configuration: what any agent has. */
export type StreamChatOptions = Omit<
  AgentOptions<{ message: string }, { response: string }>,
  "model" | "signature" | "strategy"
> & {
  /** Answers in place of the model that the configuration names. */
  model?: ChatModel;
  /** Where what the `enable…` flags of the configuration switch on goes. */
  observability?: Omit<ObservabilityOptions, keyof ObservabilityFlags>;
};

/** What is read here; an agent checks the rest. */
const checkOwn = exactly("a StreamChatAgent", {
  request: jsonObject,
  observability: exactly("observability", OBSERVABILITY_PLACES),
});

/**
 * An agent to chat with, whose answers stream in chunks of so many tokens.
 *
 * @example
 * ```ts
 * import { StreamChatAgent } from "sluice/agents";
 *
 * const agent = new StreamChatAgent({ llmProvider: "openai", model: "gpt-4o-mini", streaming: true, chunkSize: 1 });
 * for await (const chunk of agent.streamChat("What is a sluice?")) process.stdout.write(chunk);
 * ```
 */
export class StreamChatAgent extends Agent<{ message: string }, { response: string }> {
  /** The configuration, all of it decided. */
  readonly chatConfig: Required<ChatConfig>;
  /** How answers stream; absent where streaming is off. */
  readonly strategy: StreamingStrategy | undefined;

  /** @throws {SluiceError} `invalid-argument` for a configuration out of its ranges; for the model, as `model()`. */
  constructor(
    config: ChatConfig = {},
    { model, request, observability: where, observe = [], ...options }: StreamChatOptions = {},
  ) {
    checkOwn({ request, observability: where }, "");
    const whole = chatConfig(config);
    const { llmProvider, temperature, maxTokens, streaming, chunkSize } = whole;
    const { enableTracing, enableMetrics, enableLogging, enableAudit } = whole;
    const flags = { enableTracing, enableMetrics, enableLogging, enableAudit };
    const strategy = streaming ? new StreamingStrategy(chunkSize) : undefined;
    super({
      ...options,
      model: model ?? resolve(llmProvider === "echo" ? llmProvider : `${llmProvider}/${whole.model}`),
      signature: ChatSignature,
      request: { temperature, maxTokens, ...request },
      observe: [observe, observability({ ...where, ...flags })].flat(),
    });
    this.chatConfig = whole;
    this.strategy = strategy;
  }

  /**
   * The answer in chunks of `chunkSize` tokens, as the model writes it. Leaving the loop stops the model.
   *
   * @throws {SluiceError} `unsupported` at once where streaming is off.
   */
  streamChat(message: string, options: AgentRunOptions = {}): AsyncIterable<string> {
    if (this.strategy === undefined) {
      throw new SluiceError("unsupported", "Streaming requires StreamingStrategy (set streaming: true in config)");
    }
    checkRunOptions(options);
    const { chunkSize } = this.strategy;
    return {
      [Symbol.asyncIterator]: () =>
        this.stream(message, options).stream.chunked(chunkSize).text[Symbol.asyncIterator](),
    };
  }
}
