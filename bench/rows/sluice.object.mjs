import { defineModel, object } from "sluice";
import { z } from "zod";

/** @returns {import("../json-document.mjs").ReadObject} */
export function openObject() {
  const schema = z.object({
    items: z.array(
      z.object({ id: z.number(), name: z.string(), tags: z.array(z.string()), price: z.number(), text: z.string() }),
    ),
  });
  return async (document) => {
    const capabilities = { jsonSchema: true };
    const model = defineModel({ id: "script", capabilities, stream: () => document.deltas() });
    const answer = object(model, schema, "Go.");
    for await (const _ of answer.partials);
    return (await answer.object).items.length;
  };
}
