import { LazyAbort } from "../base/lazy-abort.js";
import type { BatchSource } from "../stream/batch-source.js";
import type { CallOptions } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { IterableSource } from "../stream/sources/iterable-source.js";
import { transform } from "../stream/sources/transform.js";
import { AnswerFrame } from "./answer-frame.js";
import type { ModelContext, ModelDefinition } from "./define-model.js";

/** What a model of an application answers to one request: its texts and events, framed as the laws want them. */
export function authoredSource(definition: ModelDefinition, request: ChatRequest, options: CallOptions): BatchSource {
  const left = new LazyAbort();
  const context: ModelContext = {
    get signal() {
      return left.signal;
    },
    options,
  };
  const source = new IterableSource(() => definition.stream(request, context), {
    pastFinish: true,
    // The generator may hang in an await: the signal reaches what it waits for.
    onCancel: () => left.abort(new Error("the reader left")),
  });
  return transform(source, new AnswerFrame(definition.id));
}
