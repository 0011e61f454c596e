import type { JsonObject, JsonValue } from "../../base/json.js";
import { choice, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import type { StepType } from "./step-type.js";

/** Joins what several steps made. Where one of them was skipped, it joins the others. */
export const merge: StepType = {
  type: "merge",
  aliases: ["join", "combine", "aggregate", "collect", "gather"],
  about: "Joins its inputs: to an object by their names, a list, or a text.",
  config: {
    mode: choice(
      "object (default): the inputs by their names; list: their values; text: their texts, one after the other.",
      ["object", "list", "text"],
    ),
    separator: text("What stands between the texts. Default: an empty line."),
  },
  results: { merged: "The object, list or text." },
  openResults: true,
  main: "merged",
  toleratesGaps: true,
  check: ({ inputs }) => (Object.keys(inputs).length === 0 ? "merge needs inputs: what it joins, by name" : undefined),
  run({ config, inputs, inputNames }) {
    const given = Object.fromEntries(inputNames.map((name) => [name, inputs[name] ?? null]));
    return { ...given, merged: joined(given, config) };
  },
};

function joined(given: JsonObject, { mode, separator }: JsonObject): JsonValue {
  if (mode !== "list" && mode !== "text") return given;
  const values = Object.values(given).filter((value) => value !== null);
  return mode === "list" ? values : values.map(asText).join(typeof separator === "string" ? separator : "\n\n");
}
