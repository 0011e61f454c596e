import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { invalid } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { validateRequest } from "../stream/validate-request.js";
import type { TurnOptions } from "./conversation-options.js";
import type { StoredMessage } from "./conversation-store.js";

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

/**
 * Of messages that may be a whole history, the new ones.
 *
 * @param path what is known, and `system` besides.
 * @throws {SluiceError} `invalid-argument` where nothing is new.
 */
export function newMessages(
  messages: readonly ChatMessage[],
  path: readonly StoredMessage[],
  system: string | undefined,
): ChatMessage[] {
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  const known = new Set(path.flatMap(({ message }) => instructionsOf(message) ?? []));
  if (system !== undefined) known.add(system);
  const unknown = messages.slice(answer + 1).filter((message) => !known.has(instructionsOf(message) ?? ""));
  if (unknown.length === 0) throw invalid("messages", messages, "a message behind the last answer");
  return unknown;
}

/** The text of instructions; `undefined` for other messages. */
function instructionsOf({ role, content }: ChatMessage): string | undefined {
  return role === "system" && typeof content === "string" ? content : undefined;
}
