import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { anything, exactly, record, string } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import {
  describeIssues,
  type InferSchema,
  type InferSchemaInput,
  jsonSchemaOf,
  type Schema,
  validate,
} from "../../structured/schema.js";
import type { FieldValues } from "./field-types.js";
import { parseSignature } from "./parse-signature.js";

/** What goes into an agent and what comes out of it. */
export interface Signature<Inputs = unknown, Outputs = unknown> {
  /** Checks inputs; the JSON Schema is of an object. */
  readonly inputs: { readonly schema: Schema; readonly json: JsonObject };
  /** Checks outputs; the JSON Schema is of an object. */
  readonly outputs: { readonly schema: Schema; readonly json: JsonObject };
  /** Instructions to the model. */
  readonly instructions: string | undefined;
  /** The name of the one output that is a text: it streams as text. Otherwise outputs stream as a partial object. */
  readonly textOutput: string | undefined;
  /** For the compiler alone. */
  readonly types?: { inputs: Inputs; outputs: Outputs };
}

/** Settings of a signature in its short form. */
export interface ShortSignatureOptions {
  /** Instructions to the model. */
  instructions?: string;
  /** What fields mean, by name. */
  descriptions?: Readonly<Record<string, string>>;
}

/** A signature by schemas of objects. */
export interface SignatureSchemas<I extends Schema, O extends Schema> {
  /** What goes in. */
  inputs: I;
  /** What comes out. */
  outputs: O;
  /** Instructions to the model. */
  instructions?: string;
}

type ShortInputs<S extends string> = S extends `${infer Inputs}->${string}` ? FieldValues<Inputs> : JsonObject;
type ShortOutputs<S extends string> = S extends `${string}->${infer Outputs}` ? FieldValues<Outputs> : JsonObject;

const checkShort = exactly("signature", { instructions: string, descriptions: record("texts by field", string) });
const checkSchemas = exactly("signature", {
  inputs: { required: anything },
  outputs: { required: anything },
  instructions: string,
});

/**
 * A signature: in the short form, or by schemas of a Standard Schema library or JSON Schemas.
 *
 * @throws {SluiceError} `invalid-argument` for a text that is no signature, schemas that are not of objects, and unknown options.
 * @example
 * ```ts
 * import { signature } from "sluice/agents";
 *
 * const qa = signature("question, context? -> answer, confidence: number", { instructions: "Answer from the context." });
 * ```
 */
export function signature<const S extends string>(
  short: S,
  options?: ShortSignatureOptions,
): Signature<ShortInputs<S>, ShortOutputs<S>>;
export function signature<I extends Schema, O extends Schema>(
  schemas: SignatureSchemas<I, O>,
): Signature<InferSchemaInput<I>, InferSchema<O>>;
export function signature(
  given: string | SignatureSchemas<Schema, Schema>,
  options: ShortSignatureOptions = {},
): Signature {
  if (typeof given === "string") {
    checkShort(options, "");
    const { inputs, outputs } = parseSignature(given, options.descriptions);
    return assembled({ schema: inputs, json: inputs }, { schema: outputs, json: outputs }, options.instructions);
  }
  checkSchemas(given, "");
  const { inputs, outputs, instructions } = given;
  return assembled(side(inputs, "inputs"), side(outputs, "outputs"), instructions);
}

/** Whether something is a signature, as `signature()` makes it. */
export function isSignature(value: unknown): value is Signature {
  return (
    typeof value === "object" && value !== null && "inputs" in value && "outputs" in value && "textOutput" in value
  );
}

/**
 * Checks what an agent is given.
 *
 * @throws {SluiceError} `invalid-argument` for a missing, an unknown or a wrong input.
 */
export async function readInputs({ inputs }: Signature, given: unknown): Promise<JsonObject> {
  const names = Object.keys(propertiesOf(inputs.json));
  if (!isJsonObject(given)) throw invalid("inputs", given, `an object with ${names.join(", ")}`);
  for (const name of Object.keys(given)) {
    if (names.includes(name) || names.length === 0) continue;
    const [near] = nearest(name, names, 1);
    const meant = near === undefined ? "" : ` (did you mean ${near}?)`;
    throw invalid(`inputs.${name}`, given[name], `no such input${meant}; there are ${names.join(", ")}`);
  }
  const read = await validate<Schema>(inputs.schema, given);
  if (read.issues !== undefined) throw invalid("inputs", given, `inputs that fit: ${describeIssues(read.issues)}`);
  return read.value as JsonObject;
}

/** The one input that is a text, where there is one that must be given: what `chat("…")` fills. */
export function textInput({ inputs }: Signature): string | undefined {
  const required = Array.isArray(inputs.json.required) ? inputs.json.required : [];
  const properties = propertiesOf(inputs.json);
  const names = Object.keys(properties);
  const candidates = required.length > 0 ? names.filter((name) => required.includes(name)) : names;
  const [only] = candidates;
  return candidates.length === 1 && only !== undefined && typeOf(properties[only]) === "string" ? only : undefined;
}

/** The fields of an object's JSON Schema. */
export function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function assembled(
  inputs: Signature["inputs"],
  outputs: Signature["outputs"],
  instructions: string | undefined,
): Signature {
  const properties = propertiesOf(outputs.json);
  const [only, ...others] = Object.keys(properties);
  const plain = only !== undefined && others.length === 0 && isPlainText(properties[only]);
  return { inputs, outputs, instructions, textOutput: plain ? only : undefined };
}

function side(schema: Schema, field: string): Signature["inputs"] {
  const json = jsonSchemaOf(schema, field, "give a JSON Schema");
  if (json.type !== "object") throw invalid(field, json.type, "a schema of an object");
  return { schema, json };
}

function typeOf(schema: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(schema) ? schema.type : undefined;
}

/** A text without further rules: any answer fits. */
function isPlainText(schema: JsonValue | undefined): boolean {
  return (
    isJsonObject(schema) &&
    Object.keys(schema).every(
      (key) => key === "description" || key === "title" || (key === "type" && schema.type === "string"),
    ) &&
    schema.type === "string"
  );
}
