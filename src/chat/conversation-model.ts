import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import type { ChatMessage } from "../stream/message.js";
import { validateRequest } from "../stream/validate-request.js";
import type { TurnOptions } from "./conversation-options.js";

/** Streams a turn with this model. */
type Answer = (model: ChatModel, messages: readonly ChatMessage[], options: TurnOptions) => ChatStream;

/**
 * A chat model whose requests are turns of a conversation.
 *
 * @param model gives the conversation's model at the time.
 */
export function conversationModel(model: () => ChatModel, answer: Answer): ChatModel {
  const { capabilities } = model();
  return {
    get id() {
      return model().id;
    },
    ...(capabilities && { capabilities }),
    stream(request, call = {}) {
      validateRequest(request);
      const { messages, ...rest } = request;
      return answer(model(), messages, { ...call, request: rest });
    },
    wrapCalls: (wrap) =>
      conversationModel(() => {
        const inner = model();
        return inner.wrapCalls?.(wrap) ?? wrap(inner);
      }, answer),
  };
}
