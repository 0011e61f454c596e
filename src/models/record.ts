import type { BatchSource } from "../stream/batch-source.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { checkedModel } from "../stream/checked-model.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { opened } from "../stream/sources/opened.js";
import { transform } from "../stream/sources/transform.js";
import { wrapModel } from "../stream/wrap-model.js";
import { errorLine, eventLine, headerLine } from "./recording.js";

/**
 * The same model, whose next answer is also written to a file, event by event with its time, as it streams. Each call
 * replaces the file, and of several at once the one that begins last has it. A crash loses at most the line that was being written. `replay` plays it.
 *
 * The stream fails with `store-failed` when the file cannot be written.
 * @example
 * ```ts
 * import { generate, model, record, replay } from "sluice";
 *
 * await generate(record(model("openai/gpt-5-mini"), "answer.jsonl"), "Hi");
 * const { text } = await generate(replay("answer.jsonl"), "Hi"); // the same, without the network
 * ```
 */
export function record(model: ChatModel, file: string): ChatModel {
  checkedModel(model);
  /** The call whose answer is in the file: of several at once the one that began last. */
  let newest = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch(cannotWrite(file));
    last = done.catch(() => {});
    return done;
  };
  const begin = async (request: ChatRequest, source: BatchSource): Promise<BatchSource> => {
    const own = ++newest;
    const to = await inTurn(async () => (await import("node:fs/promises")).open(file, "w"));
    const began = performance.now();
    const write = (lines: string) => inTurn(async () => (own === newest ? to.appendFile(lines) : undefined));
    const close = () => inTurn(() => to.close());
    const recorded = transform(source, {
      async push(batch) {
        const t = performance.now() - began;
        await write(batch.map((event) => eventLine(t, event)).join(""));
        if (batch.at(-1)?.type === "finish") await close();
        return batch;
      },
      async fail(thrown) {
        await write(errorLine(performance.now() - began, SluiceError.from(thrown)));
        await close();
        return undefined;
      },
      // What a reader who has left does not hear: the file could not be closed.
      cancel: () => void close().catch(() => {}),
    });
    try {
      await write(headerLine(model.id, request));
    } catch (thrown) {
      recorded.cancel(thrown);
      throw thrown;
    }
    return recorded;
  };
  return wrapModel(model, ({ request }) => ({ answer: (source) => opened(() => begin(request, source)) }));
}

function cannotWrite(file: string): (cause: unknown) => never {
  return (cause) => {
    const why = messageOf(cause);
    throw new SluiceError("store-failed", `the recording ${file} cannot be written: ${why}`, { cause });
  };
}
