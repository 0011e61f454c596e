import { isJsonObject, type JsonObject } from "../../base/json.js";
import { object as askObject } from "../../structured/object.js";
import { anything, choice, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import type { StepType } from "./step-type.js";

const MODES = ["comprehensive", "entities_only", "relationships_only"];
const WANTED = new Map([
  ["entities_only", "only the entities; leave the relationships empty"],
  ["relationships_only", "the relationships, and the entities that they join"],
]);

const string: JsonObject = { type: "string" };
const SCHEMA: JsonObject = {
  type: "object",
  properties: {
    entities: {
      type: "array",
      items: {
        type: "object",
        properties: { name: string, type: string, properties: { type: "object" } },
        required: ["name", "type"],
      },
    },
    relationships: {
      type: "array",
      items: {
        type: "object",
        properties: {
          source_entity: string,
          target_entity: string,
          relationship_type: string,
          properties: { type: "object" },
          confidence: { type: "number", minimum: 0, maximum: 1 },
        },
        required: ["source_entity", "target_entity", "relationship_type"],
      },
    },
    summary: string,
  },
  required: ["entities", "relationships", "summary"],
};

/** Asks a model for the entities of a text and how they hang together. */
export const graphMemoryFormat: StepType = {
  type: "graph_memory_format",
  aliases: ["graph_format"],
  about: "Asks a model for the entities in a text and the relationships between them.",
  config: {
    ...MODEL_FIELDS,
    extraction_mode: choice("What is looked for. Default comprehensive.", MODES),
    context: text("What the text is about."),
  },
  inputs: {
    content: required(text("The text.", { aliases: ["text", "message"] })),
    context: anything("What the text is about."),
  },
  results: {
    graph_format: "entities, relationships, summary.",
    entities: "name, type, properties.",
    relationships: "source_entity, target_entity, relationship_type, properties, confidence.",
    entity_count: "How many entities.",
    relationship_count: "How many relationships.",
    summary: "The text in a sentence.",
    extraction_method: "llm",
    success: "true",
  },
  main: "graph_format",
  group: "llm",
  async run(context) {
    const { config } = context;
    const about = context.field("context");
    const mode = typeof config.extraction_mode === "string" ? config.extraction_mode : "comprehensive";
    const wanted = WANTED.get(mode) ?? "all entities and all relationships between them";
    const prompt = [
      `Read the text and give ${wanted}. Use names as the text has them.`,
      ...(about === undefined || about === null ? [] : [`Context: ${asText(about)}`]),
      `Text:\n${asText(context.need("content"))}`,
    ].join("\n\n");
    const answer = askObject(context.model(), SCHEMA, prompt, {
      ...requestSettings(context),
      ...callSettings(context),
      name: "graph",
      repair: true,
    });
    const value = answer.object;
    value.catch(() => {});
    await context.read(answer.stream);
    const made = await value;
    const graph = isJsonObject(made) ? made : {};
    const { entities = [], relationships = [], summary = "" } = graph;
    return {
      graph_format: graph,
      entities,
      relationships,
      entity_count: Array.isArray(entities) ? entities.length : 0,
      relationship_count: Array.isArray(relationships) ? relationships.length : 0,
      summary,
      extraction_method: "llm",
      success: true,
    };
  },
};
