import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { messageOf } from "../../stream/error.js";
import { type Condition, compileCondition } from "../format/condition.js";
import type { Findings } from "../format/diagnostic.js";
import { parsePath } from "../format/path.js";
import { compileTemplate, hasPlaces, type Template } from "../format/template.js";
import { aloneKey, type Value } from "../format/value.js";
import { compileReference, type ReferencePlace } from "./compile-reference.js";
import { makes } from "./makes.js";
import { meantPath } from "./meant-path.js";
import { type NamePlace, type Names, stepReference, variable } from "./names.js";
import { isNote } from "./notes.js";
import type { StepSource } from "./step-source.js";
import { usualCondition, usualText } from "./usual-names.js";
import { usualReference } from "./usual-reference.js";
import { extended, folded, onlyPlace, parsedOr, unescaped } from "./values.js";
import { VARIABLE, variablesAsPlaces, withVariables } from "./variables-in-text.js";

/** A whole string that stands for an output: `step.field`. */
const DOTTED = /^([\w-]+)\.([\w.[\]-]+)$/;
/** What a reader of a template could mean by two characters where one was meant. */
const ESCAPED = /\\[nt]/;

/** The values of one step: turns what its author wrote into what can be looked up. */
export class ValueCompiler {
  readonly #names: Names;
  readonly #findings: Findings;
  readonly #step: StepSource;
  /** The step's own inputs, which its templates see first. */
  #own: ReadonlyMap<string, Value> = new Map();

  constructor(step: StepSource, names: Names, findings: Findings) {
    this.#step = step;
    this.#names = names;
    this.#findings = findings;
  }

  /**
   * Inputs first without templates, then the templates, which may read the other inputs and the JSON structures.
   *
   * @param structures compiles the JSON structures, once the plain inputs are known.
   */
  async inputs(
    raw: JsonObject,
    rawFields: ReadonlySet<string>,
    structures: () => Promise<ReadonlyMap<string, Value>>,
  ): Promise<ReadonlyMap<string, Value>> {
    const path = `${this.#step.path}.inputs`;
    const compiled = new Map<string, Value>();
    const templates: [string, JsonValue][] = [];
    for (const [name, value] of Object.entries(raw)) {
      if (isNote(name)) continue;
      if (rawFields.has(name)) compiled.set(name, { kind: "literal", value });
      else if (typeof value === "string" && hasPlaces(withVariables(value, this.#names))) templates.push([name, value]);
      else compiled.set(name, await this.#value(value, `${path}.${name}`, "input"));
    }
    this.#own = compiled;
    this.#own = new Map([...(await structures()), ...compiled]);
    const filled = await this.#templates(templates, path);
    const ordered = Object.keys(raw).map((name) => [name, filled.get(name) ?? compiled.get(name)] as const);
    return new Map(ordered.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined));
  }

  /** Inputs that read one another are compiled in an order in which each is known before it is read. */
  async #templates(templates: readonly [string, JsonValue][], path: string): Promise<Map<string, Value>> {
    const known = new Map(this.#own);
    const filled = new Map<string, Value>();
    for (const [name, value] of templates) {
      const others = new Map([...known].filter(([other]) => other !== name));
      this.#own = others;
      const compiled = await this.#value(value, `${path}.${name}`, "input");
      filled.set(name, compiled);
      known.set(name, compiled);
    }
    this.#own = known;
    return filled;
  }

  async config(raw: JsonObject, rawFields: ReadonlySet<string>): Promise<ReadonlyMap<string, Value>> {
    const compiled = new Map<string, Value>();
    for (const [name, value] of Object.entries(raw)) {
      if (isNote(name)) continue;
      const path = `${this.#step.path}.config.${name}`;
      compiled.set(name, rawFields.has(name) ? { kind: "literal", value } : await this.#value(value, path, "config"));
    }
    return compiled;
  }

  /** Any value outside of inputs and config. */
  value(raw: JsonValue, path: string): Promise<Value> {
    return this.#value(raw, path, "config");
  }

  /** What a step is run for each of, which may be an input of the run. */
  listed(raw: JsonValue, path: string): Promise<Value> {
    return this.#value(raw, path, "input");
  }

  /** A JSON structure with places in it, and what they hold where nothing else does. */
  async structure(raw: JsonValue, defaults: JsonObject, path: string): Promise<Value> {
    const own = new Map(this.#own);
    const parsed = typeof raw === "string" ? parsedOr(raw) : raw;
    for (const [name, value] of Object.entries(defaults)) {
      if (!own.has(name)) own.set(name, await this.#value(value, `${path}.variables.${name}`, "config"));
    }
    const before = this.#own;
    this.#own = own;
    const compiled = await this.#value(parsed, `${path}.structure`, "input", 1);
    this.#own = before;
    return compiled;
  }

  /** What a condition's names mean; `bindings` are values that stand beside it. */
  async condition(
    text: string,
    path: string,
    bindings: JsonObject,
  ): Promise<{ text: string; condition: Condition; bindings: ReadonlyMap<string, Value> } | undefined> {
    let condition: Condition;
    const usual = usualCondition(text, this.#at(path), this.#own);
    try {
      condition = await compileCondition(usual);
    } catch (thrown) {
      this.#findings.error("bad-condition", path, messageOf(thrown), { step: this.#step.id });
      return undefined;
    }
    const bound = new Map<string, Value>();
    for (const [name, value] of Object.entries(bindings)) {
      if (!isNote(name)) bound.set(name, await this.#value(value, `${path}.${name}`, "input"));
    }
    const place: NamePlace = { step: this.#step, path, guesses: true };
    for (const name of condition.names) {
      const whole = condition.dotted.has(name);
      const meant =
        bound.get(name) ??
        this.#own.get(name) ??
        (whole ? this.#ofStep(name) : undefined) ??
        this.#names.exact(name, place, whole) ??
        (condition.needed.has(name) ? this.#needed(name, place, whole) : undefined);
      if (meant !== undefined) bound.set(name, meant);
    }
    return { text: usual, condition, bindings: bound };
  }

  /** A name that is compared: what it evidently means, else an input of the run. */
  #needed(name: string, place: NamePlace, whole: boolean): Value {
    const evident = this.#names.resolve(name, place, whole);
    if (evident !== undefined) return evident;
    this.#impliedInput(name, place);
    return this.#names.input(name, place);
  }

  #impliedInput(name: string, { path }: NamePlace): void {
    const message = `{${name}} means nothing here: it is read as an input of the run`;
    const suggestion = `add ${JSON.stringify(name)} to the step's inputs`;
    this.#findings.warn("implied-input", path, message, { step: this.#step.id, suggestion });
  }

  /** `step.field` in a condition: the step's outputs as an object. */
  #ofStep(name: string): Value | undefined {
    const step = this.#names.step(name);
    if (step === undefined) return undefined;
    // A step that reads itself goes round: what it made the last time.
    const itself = { ...variable("iteration_context", ["previous_result"]), optional: true };
    return {
      kind: "reference",
      reference: step === this.#step ? itself : { ...stepReference(step.id, []), whole: true },
    };
  }

  async #value(raw: JsonValue, path: string, kind: "input" | "config", depth = 0): Promise<Value> {
    if (typeof raw === "string") return this.#string(raw, path, kind, depth);
    if (Array.isArray(raw)) {
      const items: Value[] = [];
      for (const [index, item] of raw.entries())
        items.push(await this.#value(item, `${path}[${index}]`, kind, depth + 1));
      return folded({ kind: "list", items });
    }
    if (!isJsonObject(raw)) return { kind: "literal", value: raw };
    const reference = usualReference(raw, this.#names);
    if (reference !== undefined) return compileReference(reference, this.#at(path));
    if (typeof raw.from_input === "string") return { kind: "reference", reference: variable(raw.from_input) };
    if (typeof raw.template === "string") return this.#templateObject(raw, raw.template, path, kind);
    const fields = new Map<string, Value>();
    for (const [name, field] of Object.entries(raw)) {
      if (!isNote(name)) fields.set(name, await this.#value(field, `${path}.${name}`, kind, depth + 1));
    }
    return folded({ kind: "object", fields });
  }

  async #string(written: string, path: string, kind: "input" | "config", depth: number): Promise<Value> {
    const place: NamePlace = { step: this.#step, path, guesses: kind === "input" };
    const raw = usualText(written, this.#at(path), this.#own);
    const [, name, rest = ""] = VARIABLE.exec(raw) ?? [];
    if (name !== undefined) return this.#variable(name, rest, place);
    const text = variablesAsPlaces(raw, place, this.#names, this.#findings);
    if (hasPlaces(text)) return this.#template(text, new Map(), place);
    const [, id = "", field = ""] = DOTTED.exec(raw) ?? [];
    const maker = this.#names.step(id);
    const fields = maker === undefined ? [] : meantPath(maker, parsePath(field));
    if (maker !== undefined && maker !== this.#step && (fields[0] === undefined || makes(maker, fields[0]))) {
      return { kind: "reference", reference: stepReference(id, fields) };
    }
    const whole = kind === "input" && depth === 0;
    if (whole && this.#names.isDeclared(raw)) {
      this.#findings.warn("implied-reference", path, `${JSON.stringify(raw)} is read as the input of the run`, {
        step: this.#step.id,
        suggestion: `write "$${raw}"`,
      });
      return { kind: "reference", reference: variable(raw) };
    }
    const step = whole ? this.#names.step(raw) : undefined;
    if (step === undefined || step === this.#step || this.#names.isAround(step)) return { kind: "literal", value: raw };
    this.#findings.warn("implied-reference", path, `${JSON.stringify(raw)} is read as the result of the step`, {
      step: this.#step.id,
      suggestion: `write {"from_step": ${JSON.stringify(raw)}}`,
    });
    return { kind: "reference", reference: stepReference(step.id, []) };
  }

  #at(path: string): ReferencePlace {
    return { step: this.#step, names: this.#names, findings: this.#findings, path };
  }

  #variable(name: string, rest: string, place: NamePlace): Value {
    const path = parsePath(rest);
    if (this.#names.isVariable(name)) return { kind: "reference", reference: variable(name, path) };
    const own = this.#own.get(name);
    if (own !== undefined && path.length === 0) return own;
    const meant = this.#names.exact(name, place, path.length > 0);
    if (meant?.kind === "reference") {
      return { kind: "reference", reference: extended(meant.reference, path) };
    }
    if (meant !== undefined && path.length === 0) return meant;
    this.#names.input(name, place);
    return { kind: "reference", reference: variable(name, path) };
  }

  async #templateObject(raw: JsonObject, text: string, path: string, kind: "input" | "config"): Promise<Value> {
    const bindings = new Map<string, Value>();
    for (const [name, value] of Object.entries(raw)) {
      if (name === "template" || isNote(name)) continue;
      bindings.set(name, await this.#value(value, `${path}.${name}`, kind, 1));
    }
    const place: NamePlace = { step: this.#step, path: `${path}.template`, guesses: true };
    const usual = usualText(text, this.#at(place.path), bindings);
    const meant = !usual.includes("\n") && ESCAPED.test(usual) ? unescaped(usual) : usual;
    if (meant !== usual) {
      this.#findings.warn(
        "implied-reference",
        place.path,
        "\\n and \\t in this template are read as line breaks and tabs",
        {
          step: this.#step.id,
          suggestion: "write one backslash in JSON, not two",
        },
      );
    }
    const named = variablesAsPlaces(meant, place, this.#names, this.#findings);
    return hasPlaces(named) ? this.#template(named, bindings, place, true) : { kind: "literal", value: meant };
  }

  async #template(
    text: string,
    bindings: ReadonlyMap<string, Value>,
    place: NamePlace,
    always = false,
  ): Promise<Value> {
    let template: Template;
    try {
      template = await compileTemplate(text);
    } catch (thrown) {
      this.#findings.error("bad-template", place.path, messageOf(thrown), { step: this.#step.id });
      return { kind: "literal", value: text };
    }
    const bound = new Map<string, Value>();
    const open: string[] = [];
    for (const name of template.names) {
      const dotted = template.dotted.has(name);
      const meant = this.#meaning(name, bindings, dotted, place);
      if (meant === undefined) open.push(name);
      else bound.set(name, meant);
      // `{ask}` is the step's result also where `{ask.model}` stands beside it.
      const alone = dotted && template.alone.has(name) ? this.#meaning(name, bindings, false, place) : undefined;
      if (alone !== undefined) bound.set(aloneKey(name), alone);
    }
    for (const name of open.filter((one) => template.optional.has(one)))
      bound.set(name, this.#names.input(name, place, false));
    const left = open.filter((one) => !template.optional.has(one));
    for (const [name, meant] of this.#leftovers(left, template, place)) bound.set(name, meant);
    // A text that is one place and nothing else keeps the kind of its value.
    const only = always ? undefined : onlyPlace(text);
    const [first = "", ...rest] = only ?? [];
    const alone = bound.get(first);
    if (alone?.kind === "reference") return { kind: "reference", reference: extended(alone.reference, rest) };
    if (alone?.kind === "alternatives") {
      return { kind: "alternatives", references: alone.references.map((one) => extended(one, rest)) };
    }
    if (alone !== undefined && rest.length === 0) return alone;
    return { kind: "template", template, bindings: bound };
  }

  #meaning(name: string, bindings: ReadonlyMap<string, Value>, whole: boolean, place: NamePlace): Value | undefined {
    return (
      bindings.get(name) ??
      this.#own.get(name) ??
      (whole ? this.#ofStep(name) : undefined) ??
      (place.guesses ? this.#names.resolve(name, place, whole) : this.#names.exact(name, place, whole))
    );
  }

  /** The one name of a text that means nothing may be what the step before made; else it is an input of the run. */
  #leftovers(open: readonly string[], { dotted }: Template, place: NamePlace): Map<string, Value> {
    const found = new Map<string, Value>();
    const [only] = open;
    const before =
      open.length === 1 && only !== undefined && place.guesses
        ? this.#names.leftover(only, place, dotted.has(only))
        : undefined;
    if (before !== undefined && only !== undefined) return found.set(only, before);
    for (const name of open) {
      this.#impliedInput(name, place);
      found.set(name, this.#names.input(name, place));
    }
    return found;
  }
}
