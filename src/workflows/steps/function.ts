import { isJsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import { toJson } from "../../tools/tool-output.js";
import { object, required, text } from "../format/field-spec.js";
import type { WorkflowServices } from "../services.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** Calls a JavaScript function that the caller registered. */
export const functionStep: StepType = {
  type: "function",
  aliases: ["javascript_function", "js_function"],
  about: "Calls a JavaScript function that the program registered under a name; its inputs are the argument.",
  config: {
    function: required(text("Its name.", { aliases: ["name"] })),
    arguments: object("Given beside the inputs."),
  },
  results: { result: "What it returned." },
  openResults: true,
  main: "result",
  run(context) {
    const name = String(context.config.function);
    const known = context.services.functions ?? {};
    if (!Object.hasOwn(known, name)) throw unknownFunction(name, context.services);
    const own = isJsonObject(context.config.arguments) ? context.config.arguments : {};
    return callFunction(context, name, { ...own, ...context.inputs });
  },
};

/** Calls a registered function and reads what it returns. */
export async function callFunction(context: StepContext, name: string, argument: StepResult): Promise<StepResult> {
  const found = context.services.functions?.[name];
  if (found === undefined) throw unknownFunction(name, context.services);
  const { signal, runId, id, idempotencyKey } = context;
  return spreadResult(await found(argument, { signal, runId, stepId: id, idempotencyKey }), name);
}

/** An object's fields are results of their own. @throws {SluiceError} `tool-failed` for what JSON cannot carry. */
export function spreadResult(returned: unknown, name: string): StepResult {
  const result = toJson(returned, name);
  return isJsonObject(result) ? { ...result, result } : { result };
}

function unknownFunction(name: string, { functions = {} }: WorkflowServices): SluiceError {
  const near = nearest(name, Object.keys(functions));
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "register it with the option functions";
  return new SluiceError("not-found", `there is no function ${JSON.stringify(name)}; ${hint}`, {
    field: "config.function",
  });
}
