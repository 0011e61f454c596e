import type { JsonObject } from "../base/json.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import { checkedModel } from "../stream/checked-model.js";
import {
  boolean,
  type Check,
  exactly,
  filledString,
  jsonObject,
  oneOf,
  string,
  wholeNumber,
} from "../stream/checks.js";
import { PROMPT_OPTIONS, type Prompt, type PromptOptions, requestOf, splitOptions } from "../stream/prompt.js";
import { chooseMode, type ObjectMode } from "./object-mode.js";
import { objectRequest } from "./object-request.js";
import { objectRoot } from "./object-root.js";
import { ObjectStream } from "./object-stream.js";
import { type InferSchema, type InferSchemaInput, jsonSchemaOf, type Schema } from "./schema.js";
import { schemaObstacle } from "./schema-obstacle.js";

/** Options of `object`: how the value is asked for, and what `stream` takes. */
export interface ObjectOptions extends Omit<PromptOptions, "responseFormat">, Omit<CallOptions, "retain"> {
  /** Default: `json-schema` where the model is known to have it and to take the schema, else `tool`, else `instructions`. */
  mode?: ObjectMode;
  /** What the value is called where the provider wants a name. Default `answer`. */
  name?: string;
  /** What the value is, for the model. */
  description?: string;
  /** The JSON Schema that the model is given, for libraries that cannot say it of their schemas. */
  jsonSchema?: JsonObject;
  /** Ask the provider to hold the answer to the schema strictly. Default in mode `json-schema`: where the schema allows it. */
  strict?: boolean;
  /** Ask the model once more when its answer is not valid. The first answer is then retracted. Default false. */
  repair?: boolean;
  /** How many arrays and objects may stand inside one another. Default 1,000. */
  maxDepth?: number;
}

const { responseFormat: _, retain: __, ...PROMPT } = PROMPT_OPTIONS;

const OPTIONS = exactly("object", {
  ...PROMPT,
  mode: oneOf("json-schema", "tool", "instructions"),
  name: filledString,
  description: string,
  jsonSchema: jsonObject,
  strict: boolean,
  repair: boolean,
  maxDepth: wholeNumber(1),
} satisfies Record<keyof ObjectOptions, Check>);

/**
 * Asks a model for a value that fits a schema, and streams it while it arrives.
 *
 * @param schema of any library that implements Standard Schema, or a JSON Schema. What is no object is put into one for
 *   the model, and taken out again.
 * @throws {SluiceError} at once, before any network call: `invalid-argument`, `unsupported`, and whatever the model refuses.
 * @example
 * ```ts
 * import { model } from "sluice";
 * import { object } from "sluice/structured";
 * import { z } from "zod";
 *
 * const recipe = object(model("openai/gpt-5"), z.object({ title: z.string(), steps: z.array(z.string()) }), "Pancakes");
 * for await (const step of recipe.elements("steps")) console.log(step);
 * const { title } = await recipe.object;
 * ```
 */
export function object<S extends Schema>(
  model: ChatModel,
  schema: S,
  prompt: Prompt,
  options: ObjectOptions = {},
): ObjectStream<InferSchema<S>, InferSchemaInput<S>> {
  OPTIONS(options, "");
  const { mode: asked, name = "answer", description, jsonSchema, strict, repair = false, maxDepth, ...rest } = options;
  checkedModel(model);
  const { asked: chat, call } = splitOptions(rest);
  const plain = requestOf(prompt, chat);
  const root = objectRoot(jsonSchemaOf(schema, "schema", "pass it as the option jsonSchema", jsonSchema));
  const obstacle = schemaObstacle(root.schema, model.capabilities?.jsonSchemaLimits);
  const mode = chooseMode(model, plain, asked, obstacle);
  const warning =
    asked === undefined && obstacle !== undefined
      ? {
          field: "schema",
          message: `asked for in mode ${mode}: the provider's own does not take it, since ${obstacle}`,
        }
      : undefined;
  const request = objectRequest(plain, {
    mode,
    name,
    schema: root.schema,
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  });
  return new ObjectStream({
    model,
    request,
    call,
    schema,
    form: { mode, name, wrapped: root.wrapped, maxDepth },
    repair,
    warning,
  });
}
