import type { ChatMessage } from "../../stream/message.js";
import { picturesOf } from "../files/pictures.js";
import { RunFolder } from "../files/run-folder.js";
import { anything, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings, SYSTEM_MESSAGE } from "./model-fields.js";
import type { StepType } from "./step-type.js";

/** Asks a model about pictures. */
export const llmVision: StepType = {
  type: "llm_vision",
  aliases: ["vision"],
  about: "Asks a model about pictures.",
  config: {
    ...MODEL_FIELDS,
    vision_prompt: text("What is asked. Default: to describe them.", { aliases: ["prompt"] }),
    system_message: SYSTEM_MESSAGE,
  },
  inputs: {
    image_path: required(
      anything("A path, a URL, base64, or a list of them.", {
        aliases: ["image", "images", "image_url", "base64_image", "file_path"],
      }),
    ),
    prompt: text("What is asked.", { aliases: ["message", "question"] }),
  },
  results: {
    analysis: "The answer.",
    prompt: "What was asked.",
    provider: "Of the model.",
    model: "The model.",
    image_path: "The pictures, as they were given; bytes left out.",
  },
  main: "analysis",
  writes: "analysis",
  group: "llm",
  async run(context) {
    const { config, inputs } = context;
    const given = context.need("image_path");
    const pictures = await picturesOf(given, new RunFolder(context.services));
    const prompt = asText(inputs.prompt ?? config.vision_prompt ?? "Describe this image");
    const model = context.model();
    const messages: ChatMessage[] = [{ role: "user", content: [...pictures, { type: "text", text: prompt }] }];
    if (typeof config.system_message === "string") messages.unshift({ role: "system", content: config.system_message });
    const answer = await context.read(model.stream({ ...requestSettings(context), messages }, callSettings(context)));
    const [provider = model.id] = model.id.split("/");
    return {
      analysis: answer.text,
      prompt,
      provider: typeof config.provider === "string" ? config.provider : provider,
      model: typeof config.model === "string" ? config.model : model.id,
      image_path: typeof given === "string" && given.length < 500 ? given : `${pictures.length} pictures`,
    };
  },
};
