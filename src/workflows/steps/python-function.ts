import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { anything, number, object, text } from "../format/field-spec.js";
import { type PythonCall, runPython } from "../python/run-python.js";
import type { WorkflowServices } from "../services.js";
import { callFunction, spreadResult } from "./function.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

/** Calls a Python function in a process of its own, where the caller allows it; or a registered one in its place. */
export const pythonFunction: StepType = {
  type: "python_function",
  aliases: ["python"],
  about: "Calls a Python function in a process of its own. It must be allowed with the option python.",
  config: {
    function: { ...anything("`module.name`, {module, name} or {code, name}."), raw: true, aliases: ["function_name"] },
    function_code: { ...text("Python that defines the function.", { aliases: ["code"] }), raw: true },
    function_args: anything("Arguments by name, beside the inputs."),
    function_kwargs: object("Arguments by name, beside the inputs."),
    parameter_mapping: object("Arguments by name: the input that each is."),
    timeout: number("Seconds that it may take.", { minimum: 0 }),
  },
  results: {
    result: "What it returned.",
    success: "true",
    function_name: "Its name.",
    execution_time_ms: "How long it took.",
  },
  openResults: true,
  main: "result",
  group: "python",
  touches: () => [{ what: "python", writes: true }],
  check({ config }) {
    const call = callOf(config);
    return typeof call === "string" ? call : undefined;
  },
  async run(context) {
    const call = callOf(context.config);
    if (typeof call === "string") throw new SluiceError("invalid-argument", call, { field: "config.function" });
    const name = nameOf(call);
    const argument = argumentOf(context);
    const began = performance.now();
    const made = registered(name, context.services)
      ? await callFunction(context, name, argument)
      : spreadResult(await runPython(call, argument, allowed(context.services), context.signal), name);
    return {
      ...made,
      success: made.success ?? true,
      function_name: name,
      execution_time_ms: performance.now() - began,
    };
  },
};

function callOf({ function: found, function_code: code }: JsonObject): PythonCall | string {
  if (typeof code === "string") return typeof found === "string" ? { code, name: found } : { code };
  if (typeof found === "string" && /^[\w.]+\.\w+$/.test(found)) {
    const dot = found.lastIndexOf(".");
    return { module: found.slice(0, dot), name: found.slice(dot + 1) };
  }
  if (typeof found === "string") return { module: "builtins", name: found };
  if (!isJsonObject(found)) return "config.function: module.name, {module, name} or {code}";
  const { module, name, code: own } = found;
  const named = typeof name === "string" ? { name } : {};
  if (typeof own === "string") return { code: own, ...named };
  if (typeof module === "string" && typeof name === "string") return { module, name };
  return "config.function: it has neither module and name nor code";
}

function nameOf(call: PythonCall): string {
  if ("module" in call) return call.module === "builtins" ? call.name : `${call.module}.${call.name}`;
  return call.name ?? /^[^\S\n]*(?:async\s+)?def\s+(\w+)/m.exec(call.code)?.[1] ?? "code";
}

function registered(name: string, { functions = {} }: WorkflowServices): boolean {
  return Object.hasOwn(functions, name);
}

/** The inputs under the names that the function has for them. */
function argumentOf({ inputs, config }: StepContext): JsonObject {
  const argument: JsonObject = { ...objectOr(config.function_args), ...objectOr(config.function_kwargs) };
  const mapping = objectOr(config.parameter_mapping);
  if (Object.keys(mapping).length === 0) return { ...argument, ...inputs };
  const renamed = new Set(Object.values(mapping));
  for (const [name, value] of Object.entries(inputs)) if (!renamed.has(name)) argument[name] = value;
  for (const [name, input] of Object.entries(mapping)) {
    argument[name] = typeof input === "string" && input in inputs ? (inputs[input] ?? null) : input;
  }
  return argument;
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function allowed({ python }: WorkflowServices) {
  if (python === true) return {};
  if (typeof python === "object") return python;
  const message = "Python is not allowed: set the option python (sluice run --allow-python), or register the function";
  throw new SluiceError("permission", message, { field: "python" });
}
