import type { ChatModel } from "../../stream/chat-model.js";
import { checkedModel } from "../../stream/checked-model.js";
import { having } from "../../stream/checks.js";
import { innerSource } from "../../stream/inner-source.js";
import { opened } from "../../stream/sources/opened.js";
import { wrapModel } from "../../stream/wrap-model.js";
import type { ConcurrencyLimit } from "./concurrency-limit.js";
import { watched } from "./watched-source.js";

/**
 * A model whose calls take a place of a limit, which several models may share. A call that waits sends nothing, and one that its
 * reader leaves gives its place back at once.
 *
 * @throws {SluiceError} `invalid-argument` for what is not a model or not a limit.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { ConcurrencyLimit, limitConcurrency } from "sluice/models";
 *
 * const four = new ConcurrencyLimit({ concurrency: 4 });
 * const [small, large] = ["ollama/llama3.2", "ollama/qwen3"].map((name) => limitConcurrency(model(name), four));
 * console.log(small?.id, large?.id);
 * ```
 */
export function limitConcurrency(model: ChatModel, limit: ConcurrencyLimit): ChatModel {
  checkedModel(model);
  having("a ConcurrencyLimit", "enter")(limit, "limit");
  return wrapModel(model, ({ options, signal }) => ({
    ask: (request) =>
      opened(() => {
        const begin = (leave: () => void) => {
          try {
            return watched(innerSource(model, request, options), { onEnd: leave });
          } catch (thrown) {
            leave();
            throw thrown;
          }
        };
        const place = limit.enter(signal);
        return place instanceof Promise ? place.then(begin) : begin(place);
      }),
  }));
}
