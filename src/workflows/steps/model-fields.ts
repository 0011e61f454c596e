import { defined } from "../../base/defined.js";
import type { CallOptions } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { anything, type FieldSpecs, list, number, text, whole } from "../format/field-spec.js";
import type { StepContext } from "./step-context.js";

/** What a request says beside its messages: settings of a step, and of a workflow for the steps that say none. */
export const REQUEST_FIELDS = {
  temperature: number("0 to 2.", { minimum: 0, maximum: 2 }),
  max_tokens: whole("Upper limit on the answer, in tokens.", 1, { aliases: ["max_output_tokens"] }),
  top_p: number("0 to 1.", { minimum: 0, maximum: 1 }),
  stop: list("The answer ends before any of these."),
  seed: whole("Same seed, same answer, as far as the provider can."),
} satisfies FieldSpecs;

/** What a model is told beside the question; the workflow's own where a step names none. */
export const SYSTEM_MESSAGE = text("Instructions to the model. Default: those of the workflow.", {
  aliases: ["system_prompt", "system"],
});

/** Settings of steps that ask a model. */
export const MODEL_FIELDS: FieldSpecs = {
  provider: text("The provider, for example gemini. Default: that of the workflow.", { aliases: ["llm_provider"] }),
  model: text("The provider's name for the model. Default: that of the workflow."),
  ...REQUEST_FIELDS,
  timeout: number("Seconds that the whole answer may take.", { minimum: 0 }),
  extra_params: anything("Not used."),
};

/** The part of a request that a step's settings say, else those of the workflow. */
export function requestSettings({
  config,
  settings,
}: Pick<StepContext, "config" | "settings">): Omit<ChatRequest, "messages"> {
  const { temperature, max_tokens: maxTokens, top_p: topP, stop, seed } = { ...settings, ...defined(config) };
  return {
    ...(typeof temperature === "number" && { temperature }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    ...(typeof topP === "number" && { topP }),
    ...(Array.isArray(stop) && { stop: stop.map(String) }),
    ...(typeof seed === "number" && { seed }),
  };
}

/** How a step's call is made: its limits, and what belongs to the run. */
export function callSettings({ config, signal, callContext }: StepContext): CallOptions {
  const { timeout } = config;
  return {
    signal,
    ...(callContext && { context: callContext }),
    ...(typeof timeout === "number" && timeout > 0 && { timeouts: { totalMs: timeout * 1_000 } }),
  };
}
