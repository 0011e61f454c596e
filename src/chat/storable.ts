import type { Check } from "../stream/checks.js";
import { invalid } from "../stream/error.js";

/** SQLite cuts a text at a NUL, PostgreSQL refuses it, and half a surrogate pair has no UTF-8. */
const LOST = /[\0\p{Cs}]/u;

/** A text that every store keeps as it is: an id, a title. What stands in JSON needs no such check. */
export const storable: Check = (value, path) => {
  if (typeof value !== "string" || value.trim() === "" || LOST.test(value)) {
    throw invalid(path, value, "a text that is not blank, of whole characters and without NUL");
  }
};
