import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { anything, flag, number, object, text, whole } from "../format/field-spec.js";
import { asText, compileTemplate } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** Grades by score, the best first. */
const GRADES: readonly [number, string][] = [
  [0.9, "A"],
  [0.8, "B"],
  [0.7, "C"],
  [0.6, "D"],
  [0, "F"],
];

interface Check {
  id?: string;
  type: string;
  description: string;
  concept: string;
  expected: boolean;
  weight: number;
}

/** Lets a model judge what a prompt brings about, by concepts. */
export const conceptEvaluation: StepType = {
  type: "concept_evaluation",
  about: "Asks a prompt of a model for several cases, and a judge whether each answer has the concepts that it should.",
  config: {
    ...MODEL_FIELDS,
    eval_id: text("The id of a definition that the program registered."),
    evaluation_definition: { ...object("The definition itself."), raw: true },
    judge_model: text("The model that judges. Default: that of the step."),
    judge_provider: text("Of the judge."),
    judge_temperature: number("0 to 2. Default 0.", { minimum: 0, maximum: 2 }),
    judge_max_tokens: whole("Upper limit on a judgement, in tokens.", 1),
    min_score: number("The least score that passes, from 0 to 1 or to 100.", { minimum: 0, maximum: 100 }),
    include_detailed_results: flag("Whether each case is among the results. Default true."),
    save_results: flag("Not used: the run keeps them."),
    storage_backend: text("Not used."),
  },
  inputs: { context_variables: anything("Values for the prompt, beside those of each case.") },
  results: {
    evaluation_name: "Its name.",
    overall_score: "From 0 to 1.",
    grade: "A to F.",
    passed_test_cases: "How many.",
    total_test_cases: "How many.",
    pass_rate: "From 0 to 1.",
    concept_breakdown: "The score of each concept.",
    detailed_results: "Each case: response, score, checks.",
    test_case_results: "The same, with their usual name.",
    recommendations: "What each concept that failed was to bring.",
    summary: "In words.",
    quality_gate_passed: "Whether the score is at least min_score.",
    quality_gate_message: "In words.",
  },
  main: "overall_score",
  group: "llm",
  check: ({ config }) =>
    (config.eval_id ?? config.evaluation_definition) === undefined
      ? "concept_evaluation needs config.eval_id or config.evaluation_definition"
      : undefined,
  async run(context) {
    const definition = definitionOf(context);
    const shared = checksOf(definition.concept_checks);
    const cases = Array.isArray(definition.test_cases) ? definition.test_cases.filter(isJsonObject) : [];
    if (cases.length === 0) throw new SluiceError("invalid-argument", "the evaluation has no test_cases");
    const judged: JsonObject[] = [];
    for (const [index, one] of cases.entries()) judged.push(await judgeCase(context, definition, one, shared, index));
    return summary(context, definition, judged);
  },
};

function definitionOf({ config, services }: StepContext): JsonObject {
  if (isJsonObject(config.evaluation_definition)) return config.evaluation_definition;
  const id = asText(config.eval_id);
  const found = services.evaluations?.[id];
  if (found !== undefined) return found;
  const message = `there is no evaluation ${JSON.stringify(id)}: the option evaluations registers them`;
  throw new SluiceError("not-found", message, { field: "config.eval_id" });
}

function checksOf(found: JsonValue | undefined): Check[] {
  if (!Array.isArray(found)) return [];
  return found.filter(isJsonObject).map((one) => ({
    ...(typeof one.id === "string" && { id: one.id }),
    type: asText(one.type ?? "must_contain"),
    description: asText(one.description),
    concept: asText(one.concept ?? one.description),
    expected: one.expected_value !== false && one.type !== "must_not_contain",
    weight: typeof one.weight === "number" && one.weight > 0 ? one.weight : 1,
  }));
}

/** Those of all cases, or the ones of them that a case names, and its own. */
function checksFor(found: JsonValue | undefined, shared: readonly Check[]): Check[] {
  const named = Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  const chosen = named.length === 0 ? shared : shared.filter(({ id }) => id !== undefined && named.includes(id));
  return [...chosen, ...checksOf(found)];
}

async function judgeCase(
  context: StepContext,
  definition: JsonObject,
  one: JsonObject,
  shared: readonly Check[],
  index: number,
): Promise<JsonObject> {
  const { inputs } = context;
  const own = isJsonObject(one.context)
    ? one.context
    : isJsonObject(one.variables)
      ? one.variables
      : isJsonObject(one.input)
        ? one.input
        : {};
  const given = isJsonObject(inputs.context_variables) ? inputs.context_variables : {};
  const values: JsonObject = { ...inputs, ...given, ...own };
  const template = await compileTemplate(templateText(definition.prompt_template ?? one.prompt));
  const prompt = template.render((name) => values[name]);
  const messages = [{ role: "user" as const, content: prompt }];
  const answer = await context.read(
    context.model().stream({ ...requestSettings(context), messages }, callSettings(context)),
  );
  const checks: JsonObject[] = [];
  for (const check of checksFor(one.concept_checks, shared)) checks.push(await judge(context, answer.text, check));
  const weights = checks.reduce((sum, { weight }) => sum + Number(weight), 0);
  const score = checks.reduce(
    (sum, { passed, confidence, weight }) => sum + (passed ? Number(confidence) * Number(weight) : 0),
    0,
  );
  return {
    name: asText(one.name ?? one.test_case_id ?? `case ${index + 1}`),
    response: answer.text,
    score: weights === 0 ? 0 : score / weights,
    passed: checks.every(({ passed }) => passed === true),
    checks,
  };
}

/** A prompt may be an object with its template. */
function templateText(prompt: JsonValue | undefined): string {
  return asText(isJsonObject(prompt) ? prompt.template : prompt);
}

/** One question to the judge. An answer that is no judgement is an error, not a failed check. */
async function judge(
  context: StepContext,
  response: string,
  { type, description, concept, expected, weight }: Check,
): Promise<JsonObject> {
  const { config } = context;
  const question = type === "binary_decision" ? concept : `Does the text contain this: ${concept}`;
  const prompt = `${question}\n${description}\n\nText:\n${response}\n\nAnswer in three lines:\nREASONING: why\nANSWER: YES or NO\nCONFIDENCE: 0.0 to 1.0`;
  const {
    judge_model: model,
    judge_provider: provider,
    judge_temperature: temperature = 0,
    judge_max_tokens: maxTokens,
  } = config;
  const asked = context.model({
    ...(typeof model === "string" && { model }),
    ...(typeof provider === "string" && { provider }),
  });
  const request = {
    messages: [{ role: "user" as const, content: prompt }],
    ...(typeof temperature === "number" && { temperature }),
    ...(typeof maxTokens === "number" && { maxTokens }),
  };
  const { text: judged } = await context.read(asked.stream(request, callSettings(context)));
  const answer = /ANSWER:[\s*]{0,20}(YES|NO)\b/i.exec(judged)?.[1]?.toUpperCase();
  if (answer === undefined)
    throw new SluiceError("invalid-output", `the judge gave no ANSWER: ${judged.slice(0, 200)}`);
  const confidence = Number(/CONFIDENCE:[\s*]{0,20}([\d.]+)/i.exec(judged)?.[1] ?? "1");
  return {
    concept,
    passed: (answer === "YES") === expected,
    confidence: Number.isFinite(confidence) ? Math.min(1, Math.max(0, confidence)) : 1,
    weight,
    reasoning: /REASONING:([\s\S]*?)(?:\n[^\S\n]{0,20}ANSWER:|$)/i.exec(judged)?.[1]?.trim() ?? "",
  };
}

function summary({ config }: StepContext, definition: JsonObject, judged: readonly JsonObject[]): StepResult {
  const score = judged.reduce((sum, one) => sum + Number(one.score), 0) / judged.length;
  const passed = judged.filter((one) => one.passed === true).length;
  const least =
    typeof config.min_score === "number"
      ? config.min_score > 1
        ? config.min_score / 100
        : config.min_score
      : undefined;
  const through = least === undefined || score >= least;
  const compared = least === undefined ? "no min_score is set" : `${score.toFixed(2)} of at least ${least.toFixed(2)}`;
  return {
    evaluation_name: asText(definition.name ?? definition.eval_id ?? config.eval_id),
    overall_score: score,
    grade: GRADES.find(([from]) => score >= from)?.[1] ?? "F",
    passed_test_cases: passed,
    total_test_cases: judged.length,
    pass_rate: passed / judged.length,
    concept_breakdown: breakdown(judged),
    ...(config.include_detailed_results !== false && { detailed_results: [...judged], test_case_results: [...judged] }),
    recommendations: recommendationsOf(judged),
    summary: `${passed} of ${judged.length} cases passed, with a score of ${score.toFixed(2)}`,
    quality_gate_passed: through,
    quality_gate_message: through ? `passed: ${compared}` : `failed: ${compared}`,
  };
}

/** A line for each concept that some case lacks. */
function recommendationsOf(judged: readonly JsonObject[]): string[] {
  const lacking = new Set<string>();
  for (const { checks } of judged) {
    for (const check of Array.isArray(checks) ? checks.filter(isJsonObject) : []) {
      if (check.passed === true) continue;
      lacking.add(`${asText(check.concept)}: ${asText(check.reasoning) || "it was judged otherwise"}`);
    }
  }
  return [...lacking];
}

function breakdown(judged: readonly JsonObject[]): JsonObject {
  const all = new Map<string, boolean[]>();
  for (const { checks } of judged) {
    for (const check of Array.isArray(checks) ? checks.filter(isJsonObject) : []) {
      const concept = asText(check.concept);
      all.set(concept, [...(all.get(concept) ?? []), check.passed === true]);
    }
  }
  return Object.fromEntries(
    [...all].map(([concept, passes]) => [concept, passes.filter(Boolean).length / passes.length]),
  );
}
