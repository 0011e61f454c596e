import { between, list, string, withFields } from "../../stream/checks.js";
import { flag, number, required, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Finds texts that were kept. */
export const memoryRetrieve: StepType = {
  type: "memory_retrieve",
  aliases: ["memory_search"],
  about: "Finds texts that memory_store kept, the best fitting first.",
  config: {
    limit: whole("How many at most. Default 5.", 1, { aliases: ["top_k", "max_results"] }),
    threshold: number(
      "The least similarity, from 0 to 1.",
      { minimum: 0, maximum: 1 },
      { aliases: ["similarity_threshold"] },
    ),
    query_from_input: flag("Not used: the query is always an input."),
  },
  inputs: { query: required(text("What is looked for.", { aliases: ["question", "text", "search_query"] })) },
  results: {
    memories: "What was found: content, metadata, similarity.",
    count: "How many.",
    relevance_scores: "Their similarities.",
    context: "The texts, with an empty line between them.",
  },
  main: "memories",
  group: "memory",
  touches: () => [{ what: "memory", writes: false }],
  async run(context) {
    const [limit, threshold] = [context.field("limit"), context.field("threshold")];
    const found = await context.memory.search(asText(context.need("query")), {
      limit: typeof limit === "number" ? limit : 5,
      ...(typeof threshold === "number" && { threshold }),
    });
    checkHits(found, "memory.search()");
    return {
      memories: found.map(({ id, content, metadata, similarity }) => ({ id, content, metadata, similarity })),
      count: found.length,
      relevance_scores: found.map(({ similarity }) => similarity),
      context: found.map(({ content }) => content).join("\n\n"),
    };
  },
};

/** A memory may be the user's own. */
const checkHits = list(
  "what was found, as an array",
  withFields("an object with id, content, metadata and similarity", {
    content: { required: string },
    similarity: { required: between(0, 1) },
  }),
);
