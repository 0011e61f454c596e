import type { BatchSource } from "../stream/batch-source.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { innerSource } from "../stream/inner-source.js";
import { partThoughts, type ThoughtTags } from "../stream/part-thoughts.js";
import { staged } from "../stream/sources/staged.js";

/** The answer of a model that says its reasoning between tags in its text, with the two parted. */
export function thinkingSource(
  model: ChatModel,
  tags: ThoughtTags,
  request: ChatRequest,
  call: CallOptions,
): BatchSource {
  return staged(innerSource(model, request, call), partThoughts(tags));
}
