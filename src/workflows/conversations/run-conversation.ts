import { Conversation } from "../../chat/conversation.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import { allMessages, type Window } from "../../chat/window.js";
import { echo } from "../../models/echo.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { RunCore } from "../run/run-core.js";

/**
 * A conversation of a run. Where the caller says where conversations are kept, it is theirs under the author's own id, and
 * goes on in the next run; else it belongs to the run.
 */
export function runConversation(
  core: RunCore,
  id: string,
  model: ChatModel | undefined,
  { window = allMessages(), withoutSystem = false }: { window?: Window; withoutSystem?: boolean },
): Conversation {
  const { services, conversations } = core;
  const shared = services.conversations;
  return new Conversation({
    // A conversation that only takes messages asks nobody.
    model: model ?? echo(),
    contextId: shared === undefined && id !== core.id ? `${core.id}:${id}` : id,
    store: shared ?? conversations ?? core.shared("conversations", () => new MemoryStore()),
    window: withoutSystem ? withoutInstructions(window) : window,
  });
}

function withoutInstructions(window: Window): Window {
  return async (messages, signal, earlier) => {
    const { messages: sent, ...rest } = await window(messages, signal, earlier);
    return { ...rest, messages: sent.filter(({ role }) => role !== "system") };
  };
}
