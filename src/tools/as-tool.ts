import type { JsonObject } from "../base/json.js";
import type { ChatModel } from "../stream/chat-model.js";
import { checkedModel } from "../stream/checked-model.js";
import { anything, callable, exactly, filledString } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { type Prompt, requestOf } from "../stream/prompt.js";
import type { Schema } from "../structured/schema.js";
import { type Tool, type ToolContext, type ToolInput, type ToolOptions, tool } from "./tool.js";

/** What a model is asked by default when it is a tool. */
const PROMPT_SCHEMA = {
  type: "object",
  properties: { prompt: { type: "string", description: "What to do, with everything that has to be known for it." } },
  required: ["prompt"],
  additionalProperties: false,
} satisfies JsonObject;

/** Settings of `asTool`. */
export interface AsToolOptions<I extends Schema>
  extends Omit<ToolOptions<I, undefined>, "input" | "inputJsonSchema" | "output" | "run"> {
  /** The arguments. Default: an object with the text `prompt`. */
  input?: I;
  /** The JSON Schema of the arguments for the model, where the library of `input` cannot make one. */
  inputJsonSchema?: JsonObject;
  /** What the model is asked with these arguments. Default: the text `prompt` of the arguments. */
  prompt?: (input: ToolInput<I>, context: ToolContext) => Prompt;
}

const checkOptions = exactly("asTool", {
  name: { required: filledString },
  description: anything,
  input: anything,
  inputJsonSchema: anything,
  prompt: callable,
  approval: anything,
  timeoutMs: anything,
  concurrency: anything,
  strict: anything,
  cache: anything,
});

/**
 * A tool made of a model: an agent that another one asks, an expert, a workflow. What it answers is nested in the outer
 * stream as it arrives, and its text is the result. Leaving the outer stream leaves it; its usage is in the outer total; what
 * it asks people is answered at the outer stream.
 *
 * @throws {SluiceError} `invalid-argument` for what is not a model, an unknown option, or `input` without `prompt`.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { asTool, withTools } from "sluice/tools";
 *
 * const poet = asTool(model("openai/gpt-5-mini"), { name: "poet", description: "Writes verse." });
 * const desk = withTools(model("openai/gpt-5"), [poet]);
 * ```
 */
export function asTool<I extends Schema = typeof PROMPT_SCHEMA>(
  model: ChatModel,
  options: AsToolOptions<I>,
): Tool<ToolInput<I>> {
  checkedModel(model);
  checkOptions(options, "");
  const { prompt, input, ...rest } = options;
  if (input !== undefined && prompt === undefined) {
    throw invalid("prompt", prompt, "a function that makes what the model is asked of the arguments");
  }
  const asked = prompt ?? ((given: ToolInput<I>) => String((given as JsonObject).prompt));
  return tool<I>({
    ...rest,
    input: input ?? (PROMPT_SCHEMA as Schema as I),
    run: (given, context) => {
      const { messages, ...request } = requestOf(asked(given, context));
      const { signal, context: inner, answered } = context;
      return model.stream({ ...request, messages: [...messages, ...answered] }, { signal, context: inner });
    },
  });
}
