import type { Capabilities, ChatModel, SchemaLimits } from "../stream/chat-model.js";

const ABILITIES = ["streaming", "tools", "jsonSchema", "prefix"] as const;

/**
 * What any of these models can do, since nobody knows which one will answer: what all of them can, and what none of them
 * can. Where they differ it is unknown. What they take beside text is left to each: the next one may take it.
 */
export function sharedCapabilities(models: readonly ChatModel[]): Capabilities {
  const shared: Capabilities = {};
  for (const ability of ABILITIES) {
    const first = models[0]?.capabilities?.[ability];
    if (first !== undefined && models.every(({ capabilities }) => capabilities?.[ability] === first)) {
      shared[ability] = first;
    }
  }
  const limits = models.flatMap(({ capabilities }) => capabilities?.jsonSchemaLimits ?? []);
  if (limits.length > 0) shared.jsonSchemaLimits = limits.reduce(stricter);
  return shared;
}

function stricter(a: SchemaLimits, b: SchemaLimits): SchemaLimits {
  const limits: SchemaLimits = { ...a, ...b };
  for (const count of ["optional", "unions"] as const) {
    const [one, other] = [a[count], b[count]];
    if (one !== undefined && other !== undefined) limits[count] = Math.min(one, other);
  }
  return limits;
}
