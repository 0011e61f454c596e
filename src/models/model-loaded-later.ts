import type { BatchSource } from "../stream/batch-source.js";
import { checkCallOptions } from "../stream/call-options.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { loadedCode } from "../stream/loaded-code.js";
import { opened } from "../stream/sources/opened.js";
import { validateRequest } from "../stream/validate-request.js";

/** What is known of a model without its code. */
export type KnownModel = Pick<ChatModel, "id" | "capabilities" | "list">;

/** Opens the answer to a request. */
export type Answering = (request: ChatRequest, call: CallOptions) => BatchSource;

/**
 * A model whose code is loaded when it is first called. What is asked is refused at once all the same.
 *
 * @param known its id, what it can do, and how it lists its models.
 * @param load loads what answers; called again where it failed.
 */
export function modelLoadedLater(known: KnownModel, load: () => Promise<Answering>): ChatModel {
  const { id, capabilities, list } = known;
  const loaded = loadedCode(id, load);
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(list && { list }),
    stream(request, call = {}) {
      validateRequest(request, known);
      checkCallOptions(call);
      const open = async (): Promise<BatchSource> => {
        const answering = await loaded();
        return answering(request, call);
      };
      return new ChatStream(opened(open), { signal: call.signal, retain: call.retain });
    },
  };
}
