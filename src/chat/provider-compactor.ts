import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import { summaryMessage } from "./summary-writer.js";
import type { EarlierSummary } from "./window.js";

/** What stands for messages: words, or messages of a service's own. */
export type Folded = Omit<EarlierSummary, "covers">;

/** Folds messages into what stands for those before them, where there is something; says what it used. */
export type Folder = (
  before: Folded | undefined,
  messages: readonly ChatMessage[],
  signal: AbortSignal | undefined,
  spend: (usage: Usage) => void,
) => Promise<Folded>;

/**
 * Has the service of a model compact.
 *
 * @throws {SluiceError} `unsupported` for a model whose service has no such call, or that has guards.
 */
export function providerCompactor(model: ChatModel): Folder {
  const { compact } = model;
  if (compact === undefined) {
    const why = "of the protocols, openai-responses does, and never past a guard";
    throw new SluiceError("unsupported", `${model.id} compacts no history: ${why}`, { model: model.id });
  }
  return async (before, messages, signal, spend) => {
    const request = { messages: [...messagesOf(before), ...messages] };
    const compacted = await compact.call(model, request, signal === undefined ? {} : { signal });
    spend(compacted.usage);
    return { text: `compacted by ${model.id}`, messages: compacted.messages };
  };
}

/** What stands for the messages before, which may be a summary in words. */
function messagesOf(before: Folded | undefined): readonly ChatMessage[] {
  return before === undefined ? [] : (before.messages ?? [summaryMessage(before.text)]);
}
