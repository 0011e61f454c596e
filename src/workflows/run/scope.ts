import type { JsonObject, JsonValue } from "../../base/json.js";
import { valueAt } from "../format/path.js";
import type { StepReference, VariableReference } from "../format/value.js";

/** Where the names in a plan are looked up. */
export interface Scope {
  /** What a step of a plan around this one made; `undefined` where it is not known there. */
  output(reference: StepReference): JsonValue | undefined;
  /** A variable; `undefined` if there is none. */
  variable(name: string): JsonValue | undefined;
  /** All variables. */
  readonly variables: JsonObject;
  /** The `config` of the workflow that the steps are of. */
  readonly settings: JsonObject;
}

/** The outermost scope of a workflow: the inputs and variables of the run, and the workflow's settings. */
export class RunScope implements Scope {
  readonly variables: JsonObject;
  readonly settings: JsonObject;

  constructor(variables: JsonObject, settings: JsonObject) {
    this.variables = variables;
    this.settings = settings;
  }

  output(): JsonValue | undefined {
    return undefined;
  }

  variable(name: string): JsonValue | undefined {
    return Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
  }
}

/** A scope with more variables, for a round of a loop. */
export class InnerScope implements Scope {
  readonly #outer: Scope;
  readonly #own: JsonObject;

  constructor(outer: Scope, own: JsonObject) {
    this.#outer = outer;
    this.#own = own;
  }

  output(reference: StepReference): JsonValue | undefined {
    return this.#outer.output(reference);
  }

  variable(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#own, name) ? this.#own[name] : this.#outer.variable(name);
  }

  get variables(): JsonObject {
    return { ...this.#outer.variables, ...this.#own };
  }

  get settings(): JsonObject {
    return this.#outer.settings;
  }
}

/**
 * The settings of a workflow that another one runs: its own, and those of the other that it does not name. Its models are its own
 * as soon as it names a provider; instructions are not handed on.
 */
export function innerSettings(outer: JsonObject, own: JsonObject): JsonObject {
  const { default_model: model, system_message: _, ...rest } = outer;
  const isOwnProvider = own.default_llm_provider !== undefined;
  return { ...rest, ...(model !== undefined && !isOwnProvider && { default_model: model }), ...own };
}

/** A variable at its path, or what stands in its place. */
export function variableAt(scope: Scope, reference: VariableReference): JsonValue | undefined {
  return valueAt(scope.variable(reference.name), reference.path) ?? reference.fallback;
}
