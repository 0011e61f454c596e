import type { JsonObject, JsonValue } from "../../base/json.js";
import type { FieldSpecs } from "../format/field-spec.js";
import type { StepContext } from "./step-context.js";

/** What a step makes: its results by name. */
export type StepResult = { [name: string]: JsonValue };

/** Steps of a group share a limit of how many run at once. */
type StepGroup = "llm" | "tts" | "memory" | "document" | "http" | "python";

/**
 * Something outside of the run that a step reads or changes. Steps that touch the same thing keep the order of the file:
 * who reads sees what was written before it, and nothing later.
 */
export interface Touch {
  /** For example `memory` or `conversation:main`; `conversation:*` where it may be any conversation. */
  what: string;
  /** `adds`: what it writes does not depend on what others of the same kind write, so they need no order among them. */
  writes: boolean | "adds";
}

/** What is known of a step before it runs. */
export interface StepOutline {
  /** The step's id. */
  id: string;
  /** Its settings, before references are looked up. */
  config: JsonObject;
  /** Its inputs, before references are looked up. */
  inputs: JsonObject;
  /** The names of its declared outputs. */
  outputs: readonly string[];
}

/**
 * One kind of step. A new one is an object like this in a file of its own, and a line in the list of types, or in the
 * option `stepTypes` of a workflow.
 */
export interface StepType {
  /** As documents name it, for example `llm_chat`. */
  readonly type: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** What it does, in a sentence; stands in the published JSON Schema. */
  readonly about: string;
  /** Fields of `config`. */
  readonly config?: FieldSpecs;
  /** Fields of `inputs`. Inputs of other names are values for its templates. */
  readonly inputs?: FieldSpecs;
  /** What it makes, by name, with a sentence for each. */
  readonly results: Readonly<Record<string, string>>;
  /** Results that its settings say it makes, beside those of `results`. */
  fields?(outline: Pick<StepOutline, "config">): readonly string[];
  /** Set when it makes more than `results` names: the fields of an object that somebody else wrote. */
  readonly openResults?: true;
  /** The result that is meant where none is named, and by an output name of one's own. */
  readonly main: string | ((outline: StepOutline) => string);
  /** The result that its routes are chosen by. Default: the main one, else any other. */
  readonly decides?: string;
  /** The result that its stream writes: steps may read it while it is written. Default: none is. */
  readonly writes?: string;
  /** The limit that it counts for. */
  readonly group?: StepGroup;
  /** Inputs that it can read while they are being written. */
  readonly live?: readonly string[] | ((outline: StepOutline) => readonly string[]);
  /** Set when it waits by itself (`context.input`) for the inputs that are not live. */
  readonly patient?: true;
  /** The result with what the steps inside it made, by their ids: they are read from outside as well. Default: they are not. */
  readonly inside?: string;
  /** Set when it only runs steps inside it: it then takes no place of its own among those that run. */
  readonly container?: true;
  /** Fields of `config` with steps inside it. */
  readonly bodies?: readonly string[];
  /** Set when it goes on where a source was skipped, with `null` in its place. */
  readonly toleratesGaps?: true;
  /** Set when the run's answer is what it makes. */
  readonly answers?: true;
  /** Set when everything after it in the file waits for it. */
  readonly barrier?: true;
  /** What it reads or changes outside of the run. */
  touches?(outline: StepOutline): readonly Touch[];
  /** Looks at a step before anything runs; returns what is wrong with it. */
  check?(outline: StepOutline): string | undefined;
  /** Runs the step. What it throws fails it. */
  run(context: StepContext): StepResult | Promise<StepResult>;
}
