import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { Findings } from "../format/diagnostic.js";
import type { Reference, StepReference, Value, VariableReference } from "../format/value.js";
import type { StepType } from "../steps/step-type.js";
import { type InnerStep, innerSteps } from "./inner-steps.js";
import { ABOUT, type Candidate, type Offer, offersOf, scoreOf } from "./name-offers.js";
import { wordsOf } from "./name-words.js";
import type { WorkflowInput } from "./plan.js";
import type { PlanSettings } from "./plan-settings.js";
import type { StepSource } from "./step-source.js";
import { stepsReadBy } from "./steps-read-by.js";

/** Names that loops give to what they are at. */
const LOOP_NAMES = new Set(["current_item", "item", "item_index", "iteration_context"]);

/** Those that mean it in a body alone: elsewhere an input may be called so. */
const BODY_NAMES = new Set(["index", "loop_index", "iteration_count"]);

/** Where a name stands. */
export interface NamePlace {
  step: StepSource;
  /** For messages, for example `steps[2].inputs.message`. */
  path: string;
  /** Whether a name may be read as what it evidently means; else it means what it names exactly, or an input of the run. */
  guesses: boolean;
}

/** After so many comparisons unknown names are not guessed at: only a workflow that is made for it has so many. */
const MOST_COMPARED = 1_000_000;

/** The names around the body of a loop, and the step that the body belongs to. */
export interface OuterNames {
  names: Names;
  step: StepSource;
  /** The ids of the steps beside that step, where routes of the body may leave it for one of them. */
  beside?: ReadonlySet<string>;
}

/**
 * What the names in templates, conditions and `$variables` mean: an input of the run, a variable, an output of another
 * step, a step. A name that is not exactly one of these is read as what it evidently means, with a warning that says so.
 */
export class Names {
  /** Inputs of the run that are used without being declared, with the first place. */
  readonly impliedInputs = new Map<string, WorkflowInput>();
  readonly #steps: readonly StepSource[];
  readonly #byId: ReadonlyMap<string, StepSource>;
  readonly #variables: ReadonlySet<string>;
  readonly #outer: OuterNames | undefined;
  readonly #findings: Findings;
  readonly #leads: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #read: ReadonlySet<string>;
  readonly #types: ReadonlyMap<string, StepType>;
  #inner: ReadonlyMap<string, InnerStep> | undefined;
  /** The steps that declare each output. */
  readonly #makers = new Map<string, StepSource[]>();
  /** What could be meant by unknown names, in the order of the steps. */
  #offers: Offer[] | undefined;
  /** How often a name was compared with one of them. */
  #compared = 0;
  /** Where each step stands in the list; steps that cannot be understood leave gaps in their numbers. */
  readonly #places: ReadonlyMap<StepSource, number>;

  /**
   * @param settings the types of steps, and the inputs and variables that the workflow declares.
   * @param outer the names around a loop's body.
   */
  constructor(
    steps: readonly StepSource[],
    { types, variables, findings }: Pick<PlanSettings, "types" | "variables" | "findings">,
    outer?: OuterNames,
  ) {
    this.#steps = steps;
    this.#types = types;
    this.#byId = new Map(steps.map((step) => [step.id, step]));
    this.#variables = new Set(variables);
    this.#findings = findings;
    this.#outer = outer;
    this.#leads = leadsTo(steps);
    this.#read = stepsReadBy(steps);
    this.#places = new Map(steps.map((step, place) => [step, place]));
    for (const step of steps) {
      for (const name of [...step.outputs.keys(), ...fieldsOf(step)]) {
        const makers = this.#makers.get(name);
        if (makers === undefined) this.#makers.set(name, [step]);
        else makers.push(step);
      }
    }
  }

  /** The step that a step of this id stands inside of, where that can be read from outside; and what the inner one mainly makes. */
  inside(id: string): InnerStep | undefined {
    this.#inner ??= innerSteps(this.#steps, this.#types);
    return this.#inner.get(id) ?? this.#outer?.names.inside(id);
  }

  step(id: string): StepSource | undefined {
    return this.#byId.get(id) ?? this.#outer?.names.step(id);
  }

  /** Whether these names are those of a body of this step, at any depth. */
  isAround(step: StepSource): boolean {
    return this.#outer !== undefined && (this.#outer.step === step || this.#outer.names.isAround(step));
  }

  get ids(): string[] {
    return [...this.#byId.keys(), ...(this.#outer?.names.ids ?? [])];
  }

  /** What a name means exactly. */
  exact(name: string, place: NamePlace, whole: boolean): Value | undefined {
    if (this.isVariable(name) || name === itemName(place.step)) return { kind: "reference", reference: variable(name) };
    const made = this.#outputsNamed(name, place);
    if (made !== undefined) return made;
    const step = this.step(name);
    if (step !== undefined && step !== place.step) {
      return { kind: "reference", reference: { ...stepReference(step.id, []), ...(whole && { whole: true }) } };
    }
    const within = this.#byId.has(name) ? undefined : this.inside(name);
    if (within === undefined || within.source === place.step) return undefined;
    const path = [within.inside, name, ...(whole || within.main === undefined ? [] : [within.main])];
    return { kind: "reference", reference: stepReference(within.source.id, path) };
  }

  isVariable(name: string): boolean {
    return this.#variables.has(name) || LOOP_NAMES.has(name) || this.#ofOuter(name);
  }

  /** In a body, the loop's count has its usual names, too. */
  #ofOuter(name: string): boolean {
    const { names } = this.#outer ?? {};
    if (names === undefined) return false;
    return BODY_NAMES.has(name) || name === itemName(this.#outer?.step) || names.isVariable(name);
  }

  /** Whether the workflow declares an input or a variable of this name. */
  isDeclared(name: string): boolean {
    return this.#variables.has(name) || (this.#outer?.names.isDeclared(name) ?? false);
  }

  /** What a name means, exactly or evidently; `undefined` where it means nothing. */
  resolve(name: string, place: NamePlace, whole = false): Value | undefined {
    return this.exact(name, place, whole) ?? this.#evident(name, place);
  }

  /** The input of the run that a name must be, since it is nothing else. */
  input(name: string, place: NamePlace, required = true): Value {
    this.#addInput({ name, schema: {}, required, impliedBy: place.path });
    return { kind: "reference", reference: { ...variable(name), optional: !required } };
  }

  #addInput(input: WorkflowInput): void {
    if (this.#outer !== undefined) {
      this.#outer.names.#addInput(input);
      return;
    }
    const known = this.impliedInputs.get(input.name);
    const isNeeded =
      known === undefined || (input.required && !known.required) || (known.replaceable && !input.replaceable);
    if (isNeeded) this.impliedInputs.set(input.name, input);
  }

  /**
   * The one name that is left in a text: an input where the run is given one of that name, else what the step just before made, if
   * nobody else reads it.
   */
  leftover(name: string, place: NamePlace, whole: boolean): Value | undefined {
    const before = this.#steps[(this.#places.get(place.step) ?? 0) - 1];
    if (before === undefined || before.type.answers || this.#read.has(before.id)) return undefined;
    const what = `${before.id}, the step before, whose result nothing else reads, unless the run is given ${name}`;
    this.#note(name, place, what, before.id);
    this.#addInput({ name, schema: {}, required: false, impliedBy: place.path, replaceable: true });
    const input = { ...variable(name), optional: true };
    return { kind: "alternatives", references: [input, { ...stepReference(before.id, []), ...(whole && { whole }) }] };
  }

  #outputsNamed(name: string, place: NamePlace): Value | undefined {
    const makers = (this.#makers.get(name) ?? []).filter((step) => step !== place.step);
    const branches = this.#alternatives(makers, place);
    if (branches !== undefined) {
      const ids = branches.map(({ id }) => id).join(", ");
      this.#findings.warn("implied-reference", place.path, `${name} is read of the one that runs of ${ids}`, {
        step: place.step.id,
      });
      return alternatives(branches.map((maker) => ({ source: maker, output: name })));
    }
    const best = this.#nearestOf(makers, place);
    if (best === undefined) return this.#outer?.names.exact(name, { ...place, step: this.#outer.step }, false);
    const others = makers.filter((maker) => maker !== best && maker.index < place.step.index);
    if (others.length > 0) {
      const ids = [best, ...others].map(({ id }) => id).join(" and ");
      const message = `${name} is made by ${ids}; read as that of ${best.id}`;
      this.#findings.warn("ambiguous-reference", place.path, message, {
        step: place.step.id,
        suggestion: `write {"from_step": "${best.id}", "field": "${name}"}`,
      });
    }
    return { kind: "reference", reference: stepReference(best.id, [name]) };
  }

  /** The one that leads here, else the last one before, else the first one after. */
  #nearestOf(makers: readonly StepSource[], { step }: NamePlace): StepSource | undefined {
    const leading = makers.filter((maker) => this.#leads.get(maker.id)?.has(step.id));
    if (leading.length === 1) return leading[0];
    return makers.findLast((maker) => maker.index < step.index) ?? makers[0];
  }

  /** Makers that are the branches of one choice, where the step that reads it is not among them and comes after all of them. */
  #alternatives(makers: readonly StepSource[], { step }: NamePlace): readonly StepSource[] | undefined {
    if (makers.length < 2 || makers.some((maker) => maker.index >= step.index)) return undefined;
    if (makers.some((maker) => this.#leads.get(maker.id)?.has(step.id))) {
      // Each branch may lead to where they join; a step that one of them leads to is of that branch.
      if (!makers.every((maker) => this.#leads.get(maker.id)?.has(step.id))) return undefined;
    }
    const chooses = [...this.#leads.values()].some((targets) => makers.every(({ id }) => targets.has(id)));
    const isBranch = [...this.#leads.values()].some(
      (targets) => targets.has(step.id) && makers.some(({ id }) => targets.has(id)),
    );
    return chooses && !isBranch ? makers : undefined;
  }

  #evident(name: string, place: NamePlace): Value | undefined {
    const shared = this.#inputNamed(name, place);
    if (shared !== undefined) return { kind: "reference", reference: shared };
    const candidates = this.#candidates(name, place);
    const best = Math.max(0, ...candidates.map(({ score }) => score));
    const closest = candidates.filter(({ score }) => score === best);
    const branches = this.#alternatives([...new Set(closest.map((one) => one.source))], place);
    if (branches !== undefined && best > ABOUT) {
      const chosen = branches.flatMap((maker) => closest.findLast((one) => one.source === maker) ?? []);
      const ids = chosen.map(({ source, output }) => `${source.id}.${output}`).join(", ");
      const message = `{${name}} is no input of the step; read as the one that runs of ${ids}`;
      this.#findings.warn("implied-reference", place.path, message, { step: place.step.id });
      return alternatives(chosen);
    }
    const source = this.#nearestOf(
      closest.map((one) => one.source),
      place,
    );
    const found = closest.findLast((one) => one.source === source);
    if (found === undefined || source === undefined) {
      return this.#outer?.names.resolve(name, { ...place, step: this.#outer.step });
    }
    this.#note(name, place, `${source.id}.${found.output}`, source.id, found.output);
    return { kind: "reference", reference: stepReference(source.id, [found.output]) };
  }

  /** What another step reads under this name. */
  #inputNamed(name: string, place: NamePlace): Reference | undefined {
    const found = this.#steps.flatMap((step) => {
      const reference = step === place.step ? undefined : plainReference(step.inputs[name]);
      return reference === undefined || reference.step === place.step.id ? [] : [reference];
    });
    const [first, ...others] = found;
    if (first === undefined) return undefined;
    const key = (one: StepReference) => `${one.step}.${one.path.join(".")}`;
    if (others.some((other) => key(other) !== key(first))) return undefined;
    this.#note(
      name,
      place,
      `${key(first)}, which another step reads under this name`,
      first.step,
      first.path.join("."),
    );
    return first;
  }

  #candidates(name: string, place: NamePlace): Candidate[] {
    const wanted = wordsOf(name);
    const found: Candidate[] = [];
    this.#offers ??= this.#steps.filter(({ type }) => !type.answers).flatMap(offersOf);
    for (const { source, output, words, stepWords, isFirst } of this.#offers) {
      if (source.index >= place.step.index || this.#compared++ > MOST_COMPARED) break;
      const score = scoreOf(wanted, words, stepWords, isFirst);
      if (score > 0) found.push({ source, output, score });
    }
    return found;
  }

  #note(name: string, { path, step }: NamePlace, what: string, source: string, field?: string): void {
    const reference = field === undefined ? { from_step: source } : { from_step: source, field };
    this.#findings.warn("implied-reference", path, `{${name}} is no input of the step; read as ${what}`, {
      step: step.id,
      suggestion: `add the input ${JSON.stringify(name)}: ${JSON.stringify(reference)}`,
    });
  }
}

/** Results that a step's settings say it makes. */
function fieldsOf({ type, config }: StepSource): readonly string[] {
  return type.fields?.({ config }) ?? [];
}

/** What a loop calls an item, where its author says it. */
function itemName(step: StepSource | undefined): string | undefined {
  const { as } = step === undefined ? {} : isJsonObject(step.rest.loop) ? step.rest.loop : step.config;
  return typeof as === "string" ? as : undefined;
}

export function variable(name: string, path: readonly string[] = []): VariableReference {
  return { kind: "variable", name, path, optional: false };
}

export function stepReference(step: string, path: readonly string[]): StepReference {
  return { kind: "step", step, path, optional: false };
}

function alternatives(of: readonly { source: StepSource; output: string }[]): Value {
  const references = of.map(({ source, output }) => ({ ...stepReference(source.id, [output]), optional: true }));
  return { kind: "alternatives", references };
}

function plainReference(value: JsonValue | undefined): StepReference | undefined {
  if (!isJsonObject(value) || typeof value.from_step !== "string") return undefined;
  return stepReference(value.from_step, typeof value.field === "string" ? value.field.split(".") : []);
}

/** Which steps each step says come next. */
function leadsTo(steps: readonly StepSource[]): Map<string, ReadonlySet<string>> {
  return new Map(
    steps.map(({ id, rest }) => {
      const targets = isJsonObject(rest.routes) ? Object.values(rest.routes) : [];
      if (rest.next_step !== undefined) targets.push(rest.next_step);
      return [id, new Set(targets.filter((target) => typeof target === "string"))];
    }),
  );
}
