import { either, filledString, jsonObject } from "../../stream/checks.js";

/** A workflow's document as a client sends it: its text in JSON or YAML, or the object itself. */
export const aDocument = either("a text in JSON or YAML, or an object", filledString, jsonObject);
