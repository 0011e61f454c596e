import { model } from "sluice";
import { readText } from "./read-text.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return readText(model("ollama/llama3.2", { baseUrl: baseUrl.slice(0, -"/v1".length) }));
}
