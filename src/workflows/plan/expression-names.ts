import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Value } from "../format/value.js";
import type { StepSource } from "./step-source.js";
import type { ValueCompiler } from "./value-compiler.js";

/** What the conditions of a deciding step read of other steps, which need not be among its inputs; and they themselves, as usual. */
export async function expressionNames(
  { type, config, path }: StepSource,
  values: ValueCompiler,
): Promise<{ names: ReadonlyMap<string, Value>; config: JsonObject }> {
  const names = new Map<string, Value>();
  const usual: JsonObject = {};
  if (type.config?.expression === undefined) return { names, config: usual };
  const compiled = async (text: string, where: string): Promise<string> => {
    const condition = await values.condition(text, `${path}.config.${where}`, {});
    for (const [name, value] of condition?.bindings ?? []) names.set(name, value);
    return condition?.text ?? text;
  };
  const { expression, cases, condition_type: kind } = config;
  if (typeof expression === "string") usual.expression = await compiled(expression, "expression");
  if (kind === "first" && Array.isArray(cases)) {
    const all: JsonValue[] = [];
    for (const [index, one] of cases.entries())
      all.push(typeof one === "string" && one !== "default" ? await compiled(one, `cases[${index}]`) : one);
    usual.cases = all;
  }
  return { names, config: usual };
}
