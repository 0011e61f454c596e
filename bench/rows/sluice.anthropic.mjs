import { model } from "sluice";
import { readText } from "./read-text.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return readText(model("anthropic/claude-haiku-4-5", { baseUrl: baseUrl.slice(0, -"/v1".length), apiKey: "none" }));
}
