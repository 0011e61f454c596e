import { anything, choice, list, required, text, whole } from "../format/field-spec.js";
import { itemsOf } from "../run/items.js";
import { Suspended } from "../run/suspended.js";
import { ItemResults, limited, loop, runItem } from "./loop.js";
import type { StepType } from "./step-type.js";

/** Items that are worked on at once by default. */
const AT_ONCE = 8;

/** Runs steps for each item, several items at once. */
export const map: StepType = {
  type: "map",
  aliases: ["parallel_map"],
  about: "Runs steps for each item of a list, several items at once; results are in the order of the items.",
  config: {
    loop_body: required({ ...list("The steps.", { raw: true, aliases: ["steps", "body", "do"] }) }),
    concurrency: whole("How many items at once. Default 8.", 1),
    as: text("What the body calls an item. It is always `item` and `current_item`, too."),
    max_iterations: whole("More items than this are an error. Default: no limit.", 1),
    on_error: choice("fail: the first item that fails ends the step; continue: it is left out. Default fail.", [
      "fail",
      "continue",
    ]),
  },
  inputs: {
    items_to_process: required(
      anything("A list, a text of lines, or an object's values.", { aliases: ["items", "list", "over"] }),
    ),
  },
  results: loop.results,
  main: "results",
  container: true,
  bodies: ["loop_body"],
  async run(context) {
    const items = limited(context, itemsOf(context.need("items_to_process")));
    const { concurrency } = context.config;
    const all = new ItemResults(context.config.on_error === "continue");
    let next = 0;
    let failed = false;
    let waits: Suspended | undefined;
    const worker = async () => {
      for (let index = next++; index < items.length && !failed && !all.left; index = next++) {
        const item = items[index] ?? null;
        try {
          await all.add(index, item, runItem(context, item, index, items.length));
        } catch (thrown) {
          if (thrown instanceof Suspended) {
            // An item that waits does not keep the others from being done, or from asking.
            waits = thrown;
            continue;
          }
          failed = true;
          throw thrown;
        }
      }
    };
    const workers = Math.min(typeof concurrency === "number" ? concurrency : AT_ONCE, items.length);
    const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
    if (waits !== undefined) throw waits;
    return all.result(items.length);
  },
};
