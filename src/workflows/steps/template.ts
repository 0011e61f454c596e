import { required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Fills a text with values; no model is asked. */
export const template: StepType = {
  type: "template",
  aliases: [
    "format",
    "text",
    "compose",
    "text_template",
    "prompt_template",
    "render",
    "template_transform",
    "template-transform",
  ],
  about: "Fills the places of a text with inputs and what other steps made; asks no model.",
  inputs: {
    template: required(
      text("The text, with places: {name}, or Liquid.", {
        aliases: ["text", "content", "message", "prompt", "string", "body", "value"],
      }),
    ),
  },
  results: { text: "The text." },
  main: "text",
  run: (context) => ({ text: asText(context.need("template")) }),
};
