import { isJsonObject } from "../../base/json.js";
import { compileCondition } from "../format/condition.js";
import { anything, choice, list, required } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { isTrue } from "../format/truth.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

/** What `else` is called among the cases. */
const OTHERWISE = "default";

/** Runs one of several lists of steps. */
export const switchStep: StepType = {
  type: "switch",
  aliases: ["if", "case"],
  about:
    "Runs the steps of one case: that of a value, or of the first expression that holds. Its branches may be steps beside it instead: then it is a condition with routes.",
  config: {
    value: anything("What decides.", { aliases: ["on", "switch"] }),
    expression: {
      schema: { type: "string", description: "A condition that decides between the cases true and false." },
      raw: true,
      aliases: ["if", "condition"],
    },
    condition_type: choice("first: the cases are conditions, and the first that holds decides.", ["value", "first"]),
    cases: required(list("The values, in the order of the branches; default for any other.", { raw: true })),
    branches: required(list("A list of steps for each case.", { raw: true })),
  },
  results: {
    result: "What the last step of the branch made.",
    chosen: "The case.",
    steps: "What the steps of the branch made, by id.",
  },
  openResults: true,
  main: "result",
  inside: "steps",
  container: true,
  bodies: ["branches"],
  async run(context) {
    const cases = Array.isArray(context.config.cases) ? context.config.cases.map(asText) : [];
    const value = await decided(context, cases);
    const at = cases.findIndex((one) => one.trim().toLowerCase() === value.trim().toLowerCase());
    const index = at === -1 ? cases.indexOf(OTHERWISE) : at;
    if (index === -1) return { result: null, chosen: null, steps: {} };
    const { output, results } = await context.runBody(`branches.${index}`, asText(cases[index] ?? ""), {});
    const steps = isJsonObject(results) ? results : {};
    return { ...steps, result: output, chosen: cases[index] ?? null, steps };
  },
};

async function decided(context: StepContext, cases: readonly string[]): Promise<string> {
  const { config, inputs } = context;
  if (config.expression !== undefined) return String(await holds(context, asText(config.expression)));
  if (config.condition_type !== "first") return asText(config.value ?? Object.values(inputs)[0] ?? "");
  for (const one of cases) if (one !== OTHERWISE && (await holds(context, one))) return one;
  return OTHERWISE;
}

async function holds({ inputs, variables }: StepContext, condition: string): Promise<boolean> {
  const compiled = await compileCondition(condition);
  return isTrue(compiled.test((name) => inputs[name] ?? variables[name]));
}
