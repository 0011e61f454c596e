import type { BatchSource } from "../../stream/batch-source.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { SluiceError } from "../../stream/error.js";
import { attempts } from "../../stream/sources/attempts.js";
import { transform } from "../../stream/sources/transform.js";
import type { OpenAnswers } from "./open-answers.js";

/**
 * Streams to try, one after the other: `next` is given the error of the one before, and throws where nothing is left to try.
 */
export type BackendCalls = AsyncGenerator<ChatStream, never, SluiceError | undefined>;

/**
 * The first of several streams that has content. One that fails before is as if it had never been; after that nothing else is
 * tried, so that nothing is ever emitted twice.
 *
 * @param open has this answer among them while it is being read.
 */
export function routeSource(routes: BackendCalls, open: OpenAnswers): BatchSource {
  let failed: SluiceError | undefined;
  const source = attempts({
    async open() {
      open.add(source);
      const { value } = await routes.next(failed);
      return value.source();
    },
    recover(error, { opened, delivered }) {
      failed = error;
      return opened && !delivered ? [] : undefined;
    },
  });
  return transform(source, {
    push(batch) {
      if (batch.at(-1)?.type === "finish") open.delete(source);
      return batch;
    },
    fail(thrown) {
      open.delete(source);
      throw thrown;
    },
    cancel: () => open.delete(source),
  });
}
