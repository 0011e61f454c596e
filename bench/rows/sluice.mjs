import { model } from "sluice";
import { MODEL } from "../request.mjs";
import { readText } from "./read-text.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return readText(model(`openai/${MODEL}`, { baseUrl, apiKey: "none" }));
}
