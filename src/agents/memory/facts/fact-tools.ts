import type { JsonObject } from "../../../base/json.js";
import { type Tool, type ToolContext, tool } from "../../../tools/tool.js";
import type { FactBook } from "./fact-book.js";

/** How the tools of facts are called, and whose facts they touch. */
export interface FactToolSettings {
  book: FactBook;
  scope: (context: ToolContext) => string;
  /** Which agent keeps them. */
  by?: string;
  /** Most facts that a search returns. */
  top: number;
  names: { keep: string; search: string; forget: string };
  /** What is kept here, for the model. */
  about: string;
}

/** Tools with which a model keeps, finds and forgets facts. */
export function factTools({ book, scope, by, top, names, about }: FactToolSettings): readonly Tool[] {
  return [
    tool({
      name: names.keep,
      description: `Keeps facts in ${about}, for later. One sentence each, which can be understood by itself.`,
      input: schemaOf({
        facts: { type: "array", minItems: 1, maxItems: 20, items: { type: "string", minLength: 1, maxLength: 2_000 } },
      }),
      run: async ({ facts }, context) => {
        const kept = await book.add(scope(context), facts as string[], {
          ...(by !== undefined && { by }),
          ...callOf(context),
        });
        return kept.map(({ id, text }) => ({ id, text }));
      },
    }),
    tool({
      name: names.search,
      description: `Finds facts in ${about}.`,
      input: schemaOf({ query: { type: "string", minLength: 1, maxLength: 2_000 } }),
      run: async ({ query }, context) => {
        const found = await book.search(scope(context), String(query), top, callOf(context));
        return found.map(({ id, text, at, by }) => ({ id, text, at, ...(by !== undefined && { by }) }));
      },
    }),
    tool({
      name: names.forget,
      description: `Deletes a fact from ${about}, by its id: one that is wrong, or that somebody wants forgotten.`,
      input: schemaOf({ id: { type: "string" } }),
      run: async ({ id }, context) =>
        (await book.delete(scope(context), String(id))) ? "deleted" : "there is no such fact",
    }),
  ] as readonly Tool[];
}

function callOf({ context, signal }: ToolContext) {
  return { context, signal };
}

function schemaOf(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
