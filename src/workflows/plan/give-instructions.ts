import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { StepSource } from "./step-source.js";

/** Gives the workflow's `system_message` to the steps that have such a setting, and name no instructions themselves. */
export function giveInstructions(steps: readonly StepSource[], message: JsonValue | undefined): void {
  if (message === undefined || message === null) return;
  for (const { type, config, inputs, rest } of steps) {
    const names = config.system_message !== undefined || inputs.system_message !== undefined;
    if (type.config?.system_message === undefined || names || rest.prompt_ref !== undefined) continue;
    const { messages } = inputs;
    const hasOwn = Array.isArray(messages) && messages.some((one) => isJsonObject(one) && one.role === "system");
    if (!hasOwn) config.system_message = message;
  }
}
