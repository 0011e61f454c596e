import { SSE_HEADERS } from "../answer.js";
import type { BodySource, ServerReply } from "../call.js";

/** How the updates of a task are written as server-sent events. */
export interface FrameForm {
  update(value: object): string;
  /** An error in the middle, which is the last one. */
  failed(thrown: unknown): string;
}

/** Updates as an answer. @param first those that were read already. */
export function framesReply(
  updates: AsyncGenerator<object, void, undefined>,
  form: FrameForm,
  first: readonly object[] = [],
): ServerReply {
  return { status: 200, headers: SSE_HEADERS, body: framesOf(updates, form, first) };
}

function framesOf(
  updates: AsyncGenerator<object, void, undefined>,
  form: FrameForm,
  first: readonly object[],
): BodySource {
  const read = [...first];
  let over = false;
  return {
    keepAlive: ": keep-alive\n\n",
    async next() {
      if (over) return undefined;
      const known = read.shift();
      if (known !== undefined) return form.update(known);
      try {
        const { done, value } = await updates.next();
        return done ? undefined : form.update(value);
      } catch (thrown) {
        over = true;
        return form.failed(thrown);
      }
    },
    cancel() {
      over = true;
      void updates.return();
    },
  };
}
