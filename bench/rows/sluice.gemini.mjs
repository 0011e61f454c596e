import { model } from "sluice";
import { readText } from "./read-text.mjs";

/** @type {import("../rows.mjs").Open} */
export function open(baseUrl) {
  return readText(model("gemini/gemini-2.5-flash", { baseUrl: `${baseUrl}beta`, apiKey: "none" }));
}
