import type { JsonObject, JsonValue } from "../../base/json.js";
import { valueAt } from "../format/path.js";
import type { StepReference, VariableReference } from "../format/value.js";

/** Where the names in a plan are looked up. */
export interface Scope {
  /** What a step of a plan around this one made; `undefined` where it is not known there. */
  output(reference: StepReference): JsonValue | undefined;
  /** A variable; `undefined` where there is none. */
  variable(name: string): JsonValue | undefined;
  /** All variables. */
  readonly variables: JsonObject;
}

/** The outermost scope: the inputs and variables of the run. */
export class RunScope implements Scope {
  readonly variables: JsonObject;

  constructor(variables: JsonObject) {
    this.variables = variables;
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
  readonly #outer: Pick<Scope, "output" | "variable">;
  readonly #all: () => JsonObject;
  readonly #own: JsonObject;

  constructor(outer: Scope, own: JsonObject) {
    this.#outer = outer;
    this.#all = () => outer.variables;
    this.#own = own;
  }

  output(reference: StepReference): JsonValue | undefined {
    return this.#outer.output(reference);
  }

  variable(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#own, name) ? this.#own[name] : this.#outer.variable(name);
  }

  get variables(): JsonObject {
    return { ...this.#all(), ...this.#own };
  }
}

/** A variable at its path, or what stands in its place. */
export function variableAt(scope: Scope, reference: VariableReference): JsonValue | undefined {
  return valueAt(scope.variable(reference.name), reference.path) ?? reference.fallback;
}
