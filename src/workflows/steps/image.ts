import { encodeBase64 } from "../../base/base64.js";
import { SluiceError } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import type { StepType } from "./step-type.js";

/** Asks a model that makes pictures. */
export const image: StepType = {
  type: "image",
  aliases: ["image_generation", "generate_image"],
  about: "Asks a model that answers with pictures, and writes them below the run's folder.",
  config: {
    ...MODEL_FIELDS,
    output_path: text(
      "Where, below the run's folder; a number is put before the ending of all but the first. Default: nowhere.",
    ),
  },
  inputs: { prompt: required(text("What it shows.", { aliases: ["message", "description", "text"] })) },
  results: {
    images: "Paths of the pictures; data URLs where they are not written.",
    image: "The first of them.",
    count: "How many there are.",
    response: "What the model said beside them.",
    model: "The model.",
  },
  main: "image",
  group: "llm",
  async run(context) {
    const { config, services } = context;
    const model = context.model();
    const messages = [{ role: "user" as const, content: asText(context.need("prompt")) }];
    const answer = await context.read(model.stream({ ...requestSettings(context), messages }, callSettings(context)));
    if (answer.files.length === 0) {
      throw new SluiceError("invalid-output", `${model.id} made no picture; its text: ${answer.text.slice(0, 200)}`);
    }
    const folder = new RunFolder(services);
    const images: string[] = [];
    for (const [index, { mediaType, data }] of answer.files.entries()) {
      if (typeof config.output_path !== "string") images.push(`data:${mediaType};base64,${encodeBase64(data)}`);
      else images.push(await folder.write(pathOf(config.output_path, mediaType, index), data, true));
    }
    return { images, image: images[0] ?? null, count: images.length, response: answer.text, model: model.id };
  },
};

function pathOf(path: string, mediaType: string, index: number): string {
  const ending = mediaType === "image/jpeg" ? "jpg" : (mediaType.split("/")[1]?.replace(/\W[\s\S]*$/, "") ?? "png");
  const number = index === 0 ? "" : `_${index + 1}`;
  return path.replace(/(?:\.\w{2,4})?$/, `${number}.${ending}`);
}
