import { isJsonObject, type JsonObject } from "../../base/json.js";
import { list, string } from "../../stream/checks.js";
import { anything, object, required } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { itemsOf } from "../run/items.js";
import { withTimes } from "./auto-times.js";
import type { StepType } from "./step-type.js";

/** Keeps texts so that they can be found again. */
export const memoryStore: StepType = {
  type: "memory_store",
  about: "Keeps a text, or each text of a list, for memory_retrieve.",
  config: { metadata: object("Kept with each text.") },
  inputs: {
    content: required(anything("A text, or a list of them.", { aliases: ["text", "chunks", "data"] })),
    metadata: object("Kept with each text, before that of the config."),
  },
  results: {
    memory_id: "The id of the first text.",
    memory_ids: "The ids, in order.",
    stored_content: "The first text.",
    stored_count: "How many texts were kept.",
    total_chunks: "How many texts there were.",
    metadata: "As it was kept.",
    success: "true",
  },
  main: ({ inputs, outputs }) =>
    Array.isArray(inputs.content) || outputs.some((name) => /s$/.test(name)) ? "memory_ids" : "memory_id",
  group: "memory",
  touches: () => [{ what: "memory", writes: "adds" }],
  async run(context) {
    const found = context.need("content");
    const texts = (Array.isArray(found) ? itemsOf(found) : [found]).map(asText);
    const metadata = withTimes(merged(context.config.metadata, context.inputs.metadata), new Date().toISOString());
    // The same run of the step keeps the same texts once, also when it is tried again.
    const items = texts.map((content, index) => ({
      id: `${context.idempotencyKey}:${index}`,
      content,
      metadata: isJsonObject(metadata) ? metadata : {},
    }));
    const ids = items.length === 0 ? [] : await context.memory.store(items);
    checkIds(ids, "memory.store()");
    return {
      memory_id: ids[0] ?? null,
      memory_ids: ids,
      stored_content: texts[0] ?? null,
      stored_count: ids.length,
      total_chunks: texts.length,
      metadata,
      success: true,
    };
  },
};

/** A memory may be the user's own. */
const checkIds = list("the ids of what was kept, as an array", string);

function merged(...parts: readonly unknown[]): JsonObject {
  return Object.assign({}, ...parts.filter((part) => isJsonObject(part)));
}
