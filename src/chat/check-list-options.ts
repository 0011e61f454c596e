import { exactly, filledString, string, wholeNumber, withFields } from "../stream/checks.js";
import type { ListOptions } from "./conversation-store.js";

const text = { required: filledString };
const OPTIONS = exactly("list", {
  limit: wholeNumber(0),
  after: withFields("the last conversation of the page before", { id: text, updatedAt: text }),
  prefix: string,
});

/**
 * For stores, whose list of one caller's conversations a misspelt `prefix` would make that of everybody's.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown option, or one of the wrong type.
 */
export function checkListOptions(options: ListOptions): void {
  OPTIONS(options, "");
}
