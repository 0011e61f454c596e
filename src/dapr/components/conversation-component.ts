import type { ChatModel } from "../../stream/chat-model.js";

/** A conversation component that runs. */
export interface ConversationComponent {
  /** As requests name it. */
  name: string;
  /** For example `conversation.openai`. */
  type: string;
  /** The version of its type, for example `v1`. */
  version: string;
  /** Answers requests, under the component's Resiliency policies and through its response cache. */
  model: ChatModel;
  /** The model that answers name; absent where the component names none. */
  modelName?: string;
  /** Whether answers say counts that are all 0, as those of echo do. */
  zeroUsage: boolean;
  /**
   * Whether the model is asked not to stream where a caller wants a whole answer: echo then does not pause between words.
   * Providers are asked to stream all the same: where something arrives, a connection that hangs is found soon.
   */
  wholeAtOnce: boolean;
}
