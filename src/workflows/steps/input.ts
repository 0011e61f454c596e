import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { anything, list, text } from "../format/field-spec.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** Names that the value has when it is given under none of the step's own. */
const USUAL = ["user_input", "user_query", "user_message"];

/** Takes what the run was given, or asks for it. */
export const input: StepType = {
  type: "input",
  aliases: ["user_input", "chat_input", "text_input"],
  about: "Gives what the run was given; asks somebody where it was given nothing.",
  config: {
    value: anything("Taken where nothing is given."),
    default: anything("Taken where nothing is given.", { aliases: ["default_value"] }),
    prompt: text("What is asked.", { aliases: ["message", "question"] }),
    options: list("What can be answered.", { aliases: ["choices"] }),
  },
  results: { value: "What was given." },
  openResults: true,
  main: "value",
  touches: () => [{ what: "somebody", writes: true }],
  async run(context) {
    const names = context.outputs;
    const given: JsonObject = Object.fromEntries(names.flatMap((name) => entryOf(name, lookUp(context, name))));
    if (names.length > 1) return several(context, given);
    const [only = ""] = names;
    const value =
      (Object.hasOwn(given, only) ? given[only] : undefined) ?? fallback(context) ?? (await ask(context, [only]));
    return result(value, names);
  },
};

function entryOf(name: string, value: JsonValue | undefined): [string, JsonValue][] {
  return value === undefined ? [] : [[name, value]];
}

/** One of the step's own inputs, else one of the run's. */
function lookUp({ inputs, variables }: StepContext, name: string): JsonValue | undefined {
  const own = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  return own ?? (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? undefined;
}

function fallback(context: StepContext): JsonValue | undefined {
  const { config, inputs, id, variables } = context;
  for (const name of USUAL) {
    const found = inputs[name] ?? undefined;
    if (found !== undefined) return found;
  }
  const own = config.value ?? variables[id] ?? Object.values(inputs)[0];
  if (own !== undefined && own !== null) return own;
  for (const name of USUAL) {
    const found = variables[name] ?? undefined;
    if (found !== undefined) return found;
  }
  return config.default ?? undefined;
}

/** Several names: what is missing is asked for at once. */
async function several(context: StepContext, given: JsonObject): Promise<StepResult> {
  const missing = context.outputs.filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return { value: given, ...given };
  const whole = fallback(context);
  const found = whole ?? (await ask(context, missing));
  const all = isJsonObject(found)
    ? { ...given, ...found }
    : { ...given, ...Object.fromEntries(missing.map((name) => [name, found])) };
  return { value: all, ...all };
}

function result(value: JsonValue, names: readonly string[]): StepResult {
  const [only] = names;
  if (isJsonObject(value)) return { ...value, value, ...(only !== undefined && !(only in value) && { [only]: value }) };
  return { value, ...(only !== undefined && { [only]: value }) };
}

function ask(context: StepContext, names: readonly string[]): Promise<JsonValue> {
  const { config, id } = context;
  const message = typeof config.prompt === "string" ? config.prompt : `${names.join(", ") || id}?`;
  const one: JsonObject = Array.isArray(config.options) ? { enum: config.options } : { type: "string" };
  const properties = Object.fromEntries(names.map((name) => [name, one]));
  const schema: JsonObject = names.length > 1 ? { type: "object", properties, required: [...names] } : one;
  return context.ask({ message, schema });
}
