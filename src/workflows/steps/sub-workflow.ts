import { isJsonObject, type JsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import { anything, object, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Runs another workflow as a step. */
export const subWorkflow: StepType = {
  type: "workflow",
  aliases: ["sub_workflow", "subworkflow"],
  about: "Runs another workflow: one that the program registered by name, or one that stands in the config.",
  config: {
    workflow: { ...anything("Its name, or the workflow itself."), required: true, raw: true },
    name: text("For people."),
  },
  inputs: { inputs: object("Given to it, beside the other inputs.") },
  results: {
    output: "What it answered.",
    text: "What it answered, as text.",
    steps: "What its steps made, by id.",
  },
  main: "output",
  container: true,
  async run(context) {
    const { workflow } = context.config;
    const known = context.services.workflows ?? {};
    const document = isJsonObject(workflow) ? workflow : known[asText(workflow)];
    if (document === undefined) {
      const near = nearest(asText(workflow), Object.keys(known));
      const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "the option workflows registers them";
      const message = `there is no workflow ${JSON.stringify(workflow)}; ${hint}`;
      throw new SluiceError("not-found", message, { field: "config.workflow" });
    }
    const { inputs: given, ...own } = context.inputs;
    const all: JsonObject = { ...own, ...(isJsonObject(given) ? given : {}) };
    const { output, text, results } = await context.runWorkflow(document, all, "workflow");
    return { output, text, steps: results };
  },
};
