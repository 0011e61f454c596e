import { modelOf } from "../models/model-of.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { Prompt } from "../stream/prompt.js";
import { object as ask, type ObjectOptions } from "../structured/object.js";
import type { ObjectStream } from "../structured/object-stream.js";
import type { InferSchema, InferSchemaInput, Schema } from "../structured/schema.js";

/**
 * Asks a model for a value that fits a schema, and streams it while it arrives: `object` of `sluice/structured`, which
 * runs in browsers, for models by name.
 *
 * @param model a model, or its name as `model()` takes it.
 * @param schema of any library that implements Standard Schema, or a JSON Schema.
 * @throws {SluiceError} at once, before any network call: `unknown-model`, `missing-key`, `invalid-argument`, `unsupported`.
 * @example
 * ```ts
 * import { object } from "sluice";
 * import { z } from "zod";
 *
 * const recipe = object("openai/gpt-5", z.object({ title: z.string(), steps: z.array(z.string()) }), "Pancakes");
 * for await (const step of recipe.elements("steps")) console.log(step);
 * const { title } = await recipe.object;
 * ```
 */
export function object<S extends Schema>(
  model: ChatModel | string,
  schema: S,
  prompt: Prompt,
  options?: ObjectOptions,
): ObjectStream<InferSchema<S>, InferSchemaInput<S>> {
  return ask(modelOf(model), schema, prompt, options);
}
