import { model } from "sluice";
import { readText } from "./read-text.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return readText(model("openai/gpt-5-nano", { baseUrl, apiKey: "none" }));
}
