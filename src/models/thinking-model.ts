import type { ChatModel } from "../stream/chat-model.js";
import { partThoughts, type ThoughtTags } from "../stream/part-thoughts.js";
import { staged } from "../stream/sources/staged.js";
import { wrapModel } from "../stream/wrap-model.js";

/** A model that says its reasoning between tags in its text, with the two parted. */
export function thinkingModel(model: ChatModel, tags: ThoughtTags): ChatModel {
  return wrapModel(model, () => ({ answer: (source) => staged(source, partThoughts(tags)) }));
}
