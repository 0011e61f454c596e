import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
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
  if (model.compact === undefined) {
    const why = "of the protocols, openai-responses does, and never past a guard";
    throw new SluiceError("unsupported", `${model.id} compacts no history: ${why}`, { model: model.id });
  }
  return async (before, messages, signal, spend) => {
    const request = { messages: [...(before?.messages ?? asMessages(before)), ...messages] };
    const compacted = await model.compact?.(request, signal === undefined ? {} : { signal });
    if (compacted === undefined) throw new SluiceError("unsupported", `${model.id} compacts no history`);
    spend(compacted.usage);
    return { text: `compacted by ${model.id}`, messages: compacted.messages };
  };
}

/** A summary in words, which a conversation may have from before. */
function asMessages(before: Folded | undefined): ChatMessage[] {
  return before === undefined
    ? []
    : [{ role: "system", content: `Summary of the conversation so far: ${before.text}` }];
}
