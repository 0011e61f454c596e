import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { snakeCased } from "./snake-case.js";
import { usualValues } from "./usual-values.js";

/** Names that authors have from elsewhere for fields of a step. */
const FIELDS = new Map([
  ["next", "next_step"],
  ["goto", "next_step"],
  ["then_step", "next_step"],
  ["on_success", "next_step"],
  ["depends", "depends_on"],
  ["dependencies", "depends_on"],
  ["needs", "depends_on"],
  ["after", "depends_on"],
  ["run_after", "depends_on"],
  ["when", "condition"],
  ["if", "condition"],
  ["run_if", "condition"],
  ["timeout", "timeout_seconds"],
  ["retry_policy", "retry"],
  ["start_to_close_timeout", "timeout_seconds"],
  ["uses", "type"],
  ["output_key", "outputs"],
  ["output_variable", "outputs"],
  ["save_as", "outputs"],
  ["store_as", "outputs"],
  ["on_failure", "on_error"],
  ["on_fail", "on_error"],
  ["catch", "on_error"],
  ["fallback", "on_error"],
  ["fallback_step", "on_error"],
]);
/** Set where the run goes on without what a step would have made. */
const GOES_ON = [
  "continue_on_error",
  "continue_on_fail",
  "continue-on-error",
  "ignore_errors",
  "ignore_error",
  "allow_failure",
];
/** How often steps are run, where there is no list. */
const TIMES = ["count", "times", "iterations", "n"];

/** Lists whose items a step is run for. */
const OVER = ["for_each", "foreach", "forEach", "with_items", "each"];
/** Names of an item. */
const AS = ["as", "item_name", "item_variable", "item_var", "loop_variable", "loop_var", "var"];
/** Where a choice leads, where it is said by fields instead of routes. */
const YES = ["then", "true", "on_true", "if_true", "then_step"];
const NO = ["else", "false", "on_false", "if_false", "else_step", "otherwise"];
/** What a case of a list decides by, and where it leads. */
const WHEN = ["case", "value", "when", "equals", "match", "is", "condition", "if"];
const GO = ["goto", "go_to", "then", "next", "next_step", "step", "route", "target", "steps", "do", "body"];

/** Fields that are looked at here, beside those that have other names. */
const KNOWN = new Set([
  ...["next_step", "depends_on", "on_error", "max_retries", "retry_delay", "max_iterations", "agent_file", "loop_body"],
  ...[...YES, ...NO, ...AS, ...OVER, ...GOES_ON, ...TIMES].filter((name) => name.includes("_")),
]);

const CONDITIONS = new Set(["condition", "branch", "router", "if", "switch", "case"]);
const LOOPS = new Set(["loop", "for_each", "foreach", "map", "parallel_map"]);
const ROUNDS = new Map([
  ["while", "while"],
  ["do_while", "while"],
  ["repeat_while", "while"],
  ["until", "until"],
  ["repeat", "until"],
  ["repeat_until", "until"],
]);

/** A step with its fields under their usual names, however its author is used to write it. */
export function usualStep(written: JsonObject): JsonObject {
  const step = snakeCased(written, (name) => FIELDS.has(name) || KNOWN.has(name));
  const type = step.type ?? step.uses;
  if (typeof type !== "string") return renamed(step, FIELDS);
  if (typeof step.unless === "string" && step.condition === undefined) {
    const { unless, ...others } = step;
    return usualStep({ ...others, condition: { not: unless } });
  }
  if (ROUNDS.has(type)) return rounds(step, type);
  if (CONDITIONS.has(type)) return withRoutes(choice(step, type));
  const usual = withRoutes(failing(withRetries(renamed(step, FIELDS))));
  if (type === "parallel") return namedBranches(usual);
  if (
    type === "agent" &&
    !["agent", "agent_file", "name"].some((name) => hasField(usual, name)) &&
    hasField(usual, "tools")
  )
    return each({ ...usual, type: "tool_call" }, "tool_call");
  return each(usualValues(usual, type), type);
}

function hasField(step: JsonObject, name: string): boolean {
  return step[name] !== undefined || (isJsonObject(step.config) && step.config[name] !== undefined);
}

/** What happens where a step fails, in other words. */
function failing(step: JsonObject): JsonObject {
  const key = GOES_ON.find((name) => typeof step[name] === "boolean");
  const { [key ?? ""]: goesOn, ...rest } = step;
  if (key !== undefined) return goesOn === true ? { on_error: "continue", ...rest } : rest;
  return step.on_error === "retry" ? { retry: 3, ...step, on_error: "fail" } : step;
}

/** Routes as a list of cases, or as fields `on_approve`. */
function withRoutes(step: JsonObject): JsonObject {
  const fields: [string, JsonValue][] = [];
  const routes = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(step)) {
    const [, word] = /^on_([a-z]+)$/.exec(key) ?? [];
    if (word === undefined || word === "error" || typeof value !== "string") fields.push([key, value]);
    else {
      routes.set(word, value);
      if (/(?:ove|ept)d$|ected$/.test(word)) routes.set(word.replace(/ed$/, word.endsWith("oved") ? "e" : ""), value);
    }
  }
  const { routes: own } = step;
  if (Array.isArray(own)) for (const [word, to] of casesOf({ cases: own }, "switch")) routes.set(word, to);
  if (routes.size === 0) return step;
  return { ...Object.fromEntries(fields), routes: { ...Object.fromEntries(routes), ...(isJsonObject(own) && own) } };
}

function renamed(step: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(step).map(([key, value]) => {
      const usual = names.get(key);
      return [usual !== undefined && !(usual in step) ? usual : key, value];
    }),
  );
}

/** A retry comes after the first attempt. */
function withRetries(step: JsonObject): JsonObject {
  const { retries, max_retries: more = retries, retry_delay: delay, retryOnFail, maxTries, ...others } = step;
  // The words of n8n, which counts the first attempt.
  if (retryOnFail === true) return { retry: typeof maxTries === "number" ? maxTries : 3, ...others };
  if (typeof more !== "number") return step;
  return { retry: { attempts: more + 1, ...(delay !== undefined && { delay_seconds: delay }) }, ...others };
}

/** A step that is run for each item, and what it calls one. */
function each(step: JsonObject, type: string): JsonObject {
  const inLoop = LOOPS.has(type);
  const key = inLoop ? undefined : OVER.find((name) => step[name] !== undefined);
  const { [key ?? ""]: over, ...others } = step;
  if (over === undefined) return inLoop ? counted(insideConfig(step, AS, "as")) : step;
  const named = AS.find((name) => others[name] !== undefined);
  const { [named ?? ""]: as, ...rest } = others;
  return { ...rest, loop: { over, ...(as !== undefined && { as }) } };
}

/** Branches by name, each a step or a list of steps. */
function namedBranches(step: JsonObject): JsonObject {
  const found = insideConfig(step, ["branches"], "branches");
  const { branches, ...config } = isJsonObject(found.config) ? found.config : {};
  if (!isJsonObject(branches) || typeof branches.type === "string") return step;
  const lists = Object.values(branches).map((one) => {
    const inner = isJsonObject(one) && Array.isArray(one.steps) ? one.steps : one;
    return Array.isArray(inner) ? inner : [inner];
  });
  return { ...found, config: { ...config, names: Object.keys(branches), branches: lists } };
}

/** A loop that says how often it runs, and not over what. */
function counted(step: JsonObject): JsonObject {
  const found = insideConfig(step, TIMES, "count");
  const { count, ...config } = isJsonObject(found.config) ? found.config : {};
  if (typeof count !== "number" || !(count >= 1) || count > 10_000) return step;
  const items = Array.from({ length: count }, (_, index) => index + 1);
  return { ...found, config, inputs: { items_to_process: items, ...(isJsonObject(step.inputs) && step.inputs) } };
}

/** A field of any of these names, in the step or in its config, as one of the config. */
function insideConfig(step: JsonObject, names: readonly string[], usual: string): JsonObject {
  const { config, ...others } = step;
  const [inside, beside] = [isJsonObject(config) ? config : {}, names.find((name) => others[name] !== undefined)];
  const own = names.find((name) => inside[name] !== undefined);
  if (own !== undefined) {
    const { [own]: value = null, ...rest } = inside;
    return { ...others, config: { ...rest, [usual]: value } };
  }
  if (beside === undefined) return step;
  const { [beside]: value = null, ...rest } = others;
  return { ...rest, config: { ...inside, [usual]: value } };
}

/** A step that runs its own steps again. */
function rounds(step: JsonObject, written: string): JsonObject {
  const type = ROUNDS.get(written) ?? written;
  if (written === "repeat" && TIMES.some((name) => hasField(step, name))) return usualStep({ ...step, type: "loop" });
  let found: JsonObject = step;
  found = insideConfig(found, ["steps", "body", "do", "loop_body"], "steps");
  found = insideConfig(found, ["until"], "until");
  const ends = isJsonObject(found.config) && found.config.until !== undefined;
  found = insideConfig(found, ["expression", "condition", "while", "if", "until", "when"], "expression");
  found = insideConfig(found, ["max_iterations", "max_rounds", "max", "most", "limit"], "most");
  return { ...renamed(found, FIELDS), type: ends ? "until" : type };
}

/** A step that goes one of several ways: to steps beside it by routes, or into lists of steps of its own. */
function choice(step: JsonObject, type: string): JsonObject {
  const config = isJsonObject(step.config) ? step.config : {};
  const cases = casesOf({ ...config, ...step }, type);
  const keys = new Set(cases.size === 0 ? [] : [...YES, ...NO, "cases", "branches", "default"]);
  const without = (fields: JsonObject) => Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.has(key)));
  const bare = { ...without(step), config: without(config) };
  const decided = isSwitch(type) ? switched(bare, [...cases.keys()]) : type === "if" ? tested(bare) : bare;
  const found = withRetries(renamed(decided, FIELDS));
  if (cases.size === 0) return { ...found, type: type === "router" || type === "branch" ? type : "condition" };
  if ([...cases.values()].every((to) => typeof to === "string" || to === null)) {
    const routes = { ...Object.fromEntries(cases), ...(isJsonObject(step.routes) && step.routes) };
    return { ...found, type: "condition", routes };
  }
  const branches = [...cases.values()].map((body) => (Array.isArray(body) ? body : [body]));
  const own = isJsonObject(found.config) ? found.config : {};
  return { ...tested(found), type: "switch", config: { ...own, cases: [...cases.keys()], branches } };
}

function isSwitch(type: string): boolean {
  return type === "switch" || type === "case";
}

/** The expression of a choice between two ways. */
function tested(step: JsonObject): JsonObject {
  return insideConfig(step, ["expression", "if", "condition", "when"], "expression");
}

/** What a switch decides by: a value, or else the first of its cases that holds. */
function switched(step: JsonObject, cases: readonly string[]): JsonObject {
  const found = insideConfig(step, ["value", "on", "switch", "switch_on", "variable"], "value");
  const config = isJsonObject(found.config) ? found.config : {};
  const hasValue = config.value !== undefined || (isJsonObject(step.inputs) && Object.keys(step.inputs).length > 0);
  const decides: JsonObject =
    hasValue || cases.length === 0 ? { condition_type: "value" } : { condition_type: "first", cases: [...cases] };
  return { ...found, config: { ...config, ...decides } };
}

/** The ways of a choice: an id, or a list of steps, for each case. */
function casesOf(fields: JsonObject, type: string): Map<string, JsonValue> {
  const found = new Map<string, JsonValue>();
  const { cases = fields.branches, default: otherwise } = fields;
  if (isJsonObject(cases)) for (const [value, to] of Object.entries(cases)) found.set(value, targetOf(to));
  else if (Array.isArray(cases)) {
    for (const one of cases) {
      if (!isJsonObject(one)) continue;
      if (isJsonObject(one.default) || typeof one.default === "string") found.set("default", targetOf(one.default));
      const [when, go] = [WHEN.find((name) => one[name] !== undefined), GO.find((name) => one[name] !== undefined)];
      if (when !== undefined && go !== undefined) found.set(String(one[when]), one[go] ?? null);
    }
  }
  if (!isSwitch(type)) {
    const [yes, no] = [YES.find((name) => fields[name] !== undefined), NO.find((name) => fields[name] !== undefined)];
    if (yes !== undefined) found.set("true", targetOf(fields[yes] ?? null));
    if (no !== undefined) found.set("false", targetOf(fields[no] ?? null));
  }
  if (found.size > 0 && otherwise !== undefined) found.set("default", targetOf(otherwise));
  return found;
}

/** An id or steps; `{"goto": "a"}` and `{"steps": […]}` are read as what they hold. */
function targetOf(to: JsonValue): JsonValue {
  if (!isJsonObject(to) || to.type !== undefined) return to;
  const go = GO.find((name) => to[name] !== undefined);
  return go === undefined ? to : (to[go] ?? null);
}
