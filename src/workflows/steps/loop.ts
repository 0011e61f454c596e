import type { JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { anything, choice, list, required, text, whole } from "../format/field-spec.js";
import { itemsOf, loopVariables } from "../run/items.js";
import { Suspended } from "../run/suspended.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** Runs steps for each item, one item after the other. */
export const loop: StepType = {
  type: "loop",
  aliases: ["for_each", "foreach"],
  about: "Runs steps for each item of a list, one item after the other.",
  config: {
    loop_type: choice("What is gone over.", ["iterate_list"]),
    loop_body: required({ ...list("The steps.", { raw: true, aliases: ["steps", "body", "do"] }) }),
    as: text("What the body calls an item. It is always `item` and `current_item`, too."),
    max_iterations: whole("More items than this are an error. Default: no limit.", 1),
    on_error: choice("fail: the first item that fails ends the loop; continue: it is left out. Default fail.", [
      "fail",
      "continue",
    ]),
  },
  inputs: {
    items_to_process: required(
      anything("A list, a text of lines, or an object's values.", { aliases: ["items", "list", "over"] }),
    ),
  },
  results: {
    results: "What the last step of the body made, for each item.",
    all_step_results: "What all steps of the body made, for each item.",
    successful_steps: "How many items went well.",
    total_iterations: "How many items there were.",
    successful_iterations: "How many items went well.",
    errors: "What failed, with its item.",
    left_to: "Where a step of the body left it for.",
  },
  main: "results",
  container: true,
  bodies: ["loop_body"],
  async run(context) {
    const items = limited(context, itemsOf(context.need("items_to_process")));
    const all = new ItemResults(context.config.on_error === "continue");
    for (const [index, item] of items.entries()) {
      await all.add(index, item, runItem(context, item, index, items.length));
      if (all.left) break;
    }
    return all.result(items.length);
  },
};

/** What happens with one item, as `loop` and `map` know it. */
export function runItem(context: StepContext, item: JsonValue, index: number, total: number) {
  return context.runBody("loop_body", String(index), loopVariables(item, index, total, context.config.as));
}

/** All items, or an error where there are more than the author allowed. Nothing is left out in silence. */
export function limited({ config }: StepContext, items: JsonValue[]): JsonValue[] {
  const most = config.max_iterations;
  if (typeof most !== "number" || items.length <= most) return items;
  const message = `there are ${items.length} items, and max_iterations is ${most}`;
  throw new SluiceError("invalid-argument", message, { field: "inputs.items_to_process" });
}

/** What became of the items. */
export class ItemResults {
  readonly #goOn: boolean;
  readonly #outputs: JsonValue[] = [];
  readonly #all: JsonValue[] = [];
  readonly #errors: JsonValue[] = [];
  #left: string | undefined;

  constructor(goOn: boolean) {
    this.#goOn = goOn;
  }

  /** Whether a step of the body has left the loop. */
  get left(): boolean {
    return this.#left !== undefined;
  }

  async add(index: number, item: JsonValue, running: ReturnType<typeof runItem>): Promise<void> {
    try {
      const { output, results, left } = await running;
      this.#left ??= left;
      this.#outputs[index] = output;
      this.#all[index] = results;
    } catch (thrown) {
      if (!this.#goOn || thrown instanceof Suspended) throw thrown;
      const failed = { error: SluiceError.from(thrown).message, failed_item: item, iteration_count: index + 1 };
      this.#outputs[index] = null;
      this.#all[index] = failed;
      this.#errors.push(failed);
    }
  }

  result(total: number): StepResult {
    const well = total - this.#errors.length;
    return {
      results: this.#outputs,
      all_step_results: this.#all,
      successful_steps: well,
      total_iterations: total,
      successful_iterations: well,
      errors: this.#errors,
      ...(this.#left && { left_to: this.#left }),
    };
  }
}
