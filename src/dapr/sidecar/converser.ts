import { Conversation } from "../../chat/conversation.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { staged } from "../../stream/sources/staged.js";
import { wrapModel } from "../../stream/wrap-model.js";
import type { ConversationComponent } from "../components/conversation-component.js";
import type { AnswerContext } from "../converse/answer-context.js";
import { componentNotFound } from "../converse/api-error.js";
import { type ConverseCall, chatRequestOf } from "../converse/converse-call.js";
import { scrubAnswerStage, scrubInputs } from "./scrub-call.js";

/** An answer that has begun, and what its writers need to know of it. */
export interface Conversing {
  stream: ChatStream;
  context: AnswerContext;
}

/** Answers the calls of the conversation API with components, whatever the call came by. */
export class Converser {
  readonly #components: ReadonlyMap<string, ConversationComponent>;
  readonly #store: ConversationStore | undefined;

  /** @param store where conversations are continued by their context ids; without one an id is only given back. */
  constructor(components: ReadonlyMap<string, ConversationComponent>, store?: ConversationStore) {
    this.#components = components;
    this.#store = store;
  }

  has(name: string): boolean {
    return this.#components.has(name);
  }

  /**
   * Asks the component. Nothing happens before the stream is read.
   *
   * @param inPieces whether the caller gets the answer as it comes, or whole.
   */
  converse(asked: ConverseCall, options: CallOptions, inPieces = true): Conversing {
    const component = this.#components.get(asked.component);
    if (component === undefined) throw componentNotFound(asked.component);
    const call = scrubInputs(asked);
    const model = call.scrubOutput ? scrubbing(component.model) : component.model;
    const { modelName, zeroUsage, wholeAtOnce } = component;
    const context = { call, ...(modelName !== undefined && { model: modelName }), zeroUsage };
    const passed = wholeAtOnce && !inPieces ? { ...options, streaming: false } : options;
    return { stream: this.#ask(model, call, passed), context };
  }

  #ask(model: ChatModel, call: ConverseCall, options: CallOptions): ChatStream {
    const { contextId } = call;
    if (contextId === undefined || this.#store === undefined) return model.stream(chatRequestOf(call), options);
    const conversation = new Conversation({ model, contextId, store: this.#store });
    const messages = call.inputs.flatMap((input) => input.messages);
    return conversation.stream(messages, { request: call.settings, ...options });
  }
}

/** The model with personal data taken out of its answers, so that a store keeps what the caller saw. */
function scrubbing(model: ChatModel): ChatModel {
  return wrapModel(model, { answer: (source) => staged(source, scrubAnswerStage()) });
}

/** What ended a call, as an error of ours. */
export function failureOf(thrown: unknown): SluiceError {
  return SluiceError.from(thrown, "protocol");
}
