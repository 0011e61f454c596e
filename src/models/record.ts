import { open } from "node:fs/promises";
import type { ChatModel } from "../stream/chat-model.js";
import { checkedModel } from "../stream/checked-model.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { defineModel } from "./define-model.js";
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
  const recorded = defineModel({
    id: model.id,
    async *stream(request, { signal, options }) {
      const own = ++newest;
      const to = await inTurn(() => open(file, "w"));
      const began = performance.now();
      const write = (line: string) => inTurn(async () => (own === newest ? to.appendFile(line) : undefined));
      try {
        await write(headerLine(model.id, request));
        for await (const event of model.stream(request, { ...options, signal, retain: false })) {
          await write(eventLine(performance.now() - began, event));
          yield event;
        }
      } catch (thrown) {
        const error = SluiceError.from(thrown);
        if (error.code !== "store-failed") await write(errorLine(performance.now() - began, error));
        throw error;
      } finally {
        await to.close();
      }
    },
  });
  const { capabilities, list } = model;
  return {
    ...recorded,
    ...(capabilities && { capabilities }),
    ...(list && { list: (call) => list.call(model, call) }),
  };
}

function cannotWrite(file: string): (cause: unknown) => never {
  return (cause) => {
    const why = messageOf(cause);
    throw new SluiceError("store-failed", `the recording ${file} cannot be written: ${why}`, { cause });
  };
}
