import type { JsonObject, JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import { object as askObject } from "../../structured/object.js";
import { compileCondition } from "../format/condition.js";
import { anything, choice, list, text } from "../format/field-spec.js";
import { parsePath, valueAt } from "../format/path.js";
import { COMPARE, OPERATORS } from "../format/simple-condition.js";
import { asText } from "../format/template.js";
import { isTrue } from "../format/truth.js";
import { callSettings, MODEL_FIELDS, requestSettings, SYSTEM_MESSAGE } from "./model-fields.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

const KINDS = ["llm_decision", "simple_comparison", "field_value", "expression", "value", "first"];
const RESULTS = new Set(["condition_result", "reasoning", "confidence", "route", "selected"]);

/** Decides where to go: by a comparison, a field, an expression, or a model. */
export const condition: StepType = {
  type: "condition",
  aliases: ["branch", "router"],
  about: "Decides where to go next; its routes name the steps.",
  config: {
    ...MODEL_FIELDS,
    condition_type: choice("Who decides. Default: a model.", KINDS, { aliases: ["type"] }),
    condition_prompt: text("What the model is asked to decide.", { aliases: ["prompt", "question"] }),
    route_options: list("What it can decide for. Default: true and false.", { aliases: ["options", "categories"] }),
    default_route: text("Decided for where the model's answer is none of the options."),
    left_value: anything("Compared."),
    operator: text("==, !=, >, <, >=, <=, contains, in, starts_with, ends_with."),
    right_value: anything("Compared with."),
    field_to_check: text("Whose value decides.", { aliases: ["field"] }),
    value: anything("Decides as it is: the routes name its values."),
    cases: list("Conditions, in order: the first that holds decides, and the routes name it.", { raw: true }),
    expression: {
      schema: { type: "string", description: "A condition over the inputs, in the short form or in CEL." },
      raw: true,
      aliases: ["if", "condition"],
    },
    system_message: SYSTEM_MESSAGE,
  },
  results: {
    condition_result: "What was decided.",
    reasoning: "Why.",
    confidence: "How sure the model is, from 0 to 1.",
    route: "What was decided.",
    selected: "Of several inputs: the first where it holds, else the first other one that there is.",
  },
  // An output of the author's own name is what was chosen among the inputs.
  main: ({ inputs, outputs }) =>
    outputs.some((name) => !RESULTS.has(name)) && Object.keys(inputs).length > 1 ? "selected" : "condition_result",
  decides: "condition_result",
  toleratesGaps: true,
  check({ config }) {
    const { operator } = config;
    if (typeof operator !== "string" || COMPARE.has(OPERATORS.get(operator) ?? operator)) return undefined;
    const near = nearest(operator, [...COMPARE.keys()]);
    return `config.operator: there is no operator ${JSON.stringify(operator)}${near.length > 0 ? `; did you mean ${near[0]}?` : ""}`;
  },
  async run(context) {
    const made = await decide(context);
    const { condition_result: result } = made;
    return { ...made, route: result ?? null, selected: selected(context, isTrue(result ?? null)) };
  },
};

function decide(context: StepContext): StepResult | Promise<StepResult> {
  const { config } = context;
  const usual =
    config.expression !== undefined
      ? "expression"
      : config.operator !== undefined
        ? "simple_comparison"
        : config.field_to_check !== undefined
          ? "field_value"
          : config.value !== undefined
            ? "value"
            : config.cases !== undefined
              ? "first"
              : "llm_decision";
  switch (config.condition_type ?? usual) {
    case "simple_comparison":
      return compare(context);
    case "field_value":
      return fieldValue(context);
    case "expression":
      return expression(context);
    case "value":
      return { condition_result: decidingValue(context), reasoning: "", confidence: 1 };
    case "first":
      return firstOf(context);
    default:
      return askModel(context);
  }
}

function compare({ config, inputs }: StepContext): StepResult {
  const operator = typeof config.operator === "string" ? config.operator : "==";
  const [left, right] = [config.left_value ?? null, config.right_value ?? null];
  const compared = COMPARE.get(OPERATORS.get(operator) ?? operator);
  if (compared === undefined)
    throw new SluiceError("invalid-argument", `there is no operator ${operator}`, { field: "config.operator" });
  const meant =
    typeof left === "string" && Object.hasOwn(inputs, parsePath(left)[0] ?? "")
      ? (valueAt(inputs, parsePath(left)) ?? null)
      : left;
  const result = compared(meant, right);
  return { condition_result: result, reasoning: `${asText(meant)} ${operator} ${asText(right)}`, confidence: 1 };
}

function fieldValue({ config, inputs }: StepContext): StepResult {
  const field = typeof config.field_to_check === "string" ? config.field_to_check : "";
  const path = parsePath(field);
  const found =
    valueAt(inputs, path) ??
    Object.values(inputs)
      .map((value) => valueAt(value, path))
      .find((value) => value !== undefined);
  const value = found ?? (Object.keys(inputs).length === 1 ? Object.values(inputs)[0] : undefined) ?? null;
  return { condition_result: value, reasoning: `${field} is ${asText(value)}`, confidence: 1 };
}

async function expression({ config, inputs, variables }: StepContext): Promise<StepResult> {
  const text = asText(config.expression);
  const compiled = await compileCondition(text);
  const value = compiled.test((name) => inputs[name] ?? variables[name]);
  return { condition_result: value, reasoning: text, confidence: 1 };
}

function decidingValue({ config, inputs }: StepContext): JsonValue {
  return config.value ?? inputs.value ?? Object.values(inputs)[0] ?? null;
}

/** The first of several conditions that holds. */
async function firstOf({ config, inputs, variables }: StepContext): Promise<StepResult> {
  for (const one of Array.isArray(config.cases) ? config.cases.map(asText) : []) {
    const compiled = await compileCondition(one);
    if (isTrue(compiled.test((name) => inputs[name] ?? variables[name])))
      return { condition_result: one, reasoning: one, confidence: 1 };
  }
  return { condition_result: null, reasoning: "none of the cases holds", confidence: 1 };
}

/** The model chooses one of the options; an answer that is none of them is an error unless there is a default. */
async function askModel(context: StepContext): Promise<StepResult> {
  const { config, inputs } = context;
  const options = (Array.isArray(config.route_options) ? config.route_options : ["true", "false"]).map(asText);
  const question = asText(config.condition_prompt ?? inputs.condition_prompt ?? "Does this hold?");
  const shown = Object.entries(inputs).map(([name, value]) => `${name}:\n${asText(value)}`);
  const prompt = [question, ...shown, `Decide for one of: ${options.join(", ")}.`].join("\n\n");
  const schema: JsonObject = {
    type: "object",
    properties: {
      decision: { type: "string", enum: options },
      reasoning: { type: "string" },
      confidence: { type: "number" },
    },
    required: ["decision"],
  };
  const answer = askObject(context.model(), schema, prompt, {
    ...requestSettings(context),
    ...callSettings(context),
    ...(typeof config.system_message === "string" && { system: config.system_message }),
    name: "decision",
    repair: true,
  });
  const value = answer.object;
  value.catch(() => {});
  const { text: reasoning } = await context.read(answer.stream);
  try {
    const made = (await value) as JsonObject;
    const { decision = null, reasoning = "", confidence = null } = made;
    return { condition_result: decision, reasoning, confidence };
  } catch (thrown) {
    const named = plainDecision(reasoning, options) ?? config.default_route;
    if (named === undefined || named === null) throw thrown;
    return { condition_result: named, reasoning, confidence: null };
  }
}

/** Models without structured answers say the option and nothing else. */
function plainDecision(answer: string, options: readonly string[]): string | undefined {
  const words = new Set(answer.toLowerCase().match(/[\p{L}\p{N}_-]+/gu));
  const named = options.filter((option) => words.has(option.toLowerCase()));
  return named.length === 1 ? named[0] : undefined;
}

function selected({ inputs }: StepContext, holds: boolean): JsonValue {
  const [first = null, ...others] = Object.values(inputs);
  return holds ? first : (others.find((value) => value !== null) ?? first);
}
