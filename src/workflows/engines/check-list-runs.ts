import { exactly, filledString, oneOf, wholeNumber, withFields } from "../../stream/checks.js";
import type { ListRuns } from "./engine.js";

const text = { required: filledString };
const OPTIONS = exactly("list", {
  limit: wholeNumber(0),
  status: oneOf("running", "waiting", "completed", "failed", "cancelled"),
  workflow: filledString,
  owner: filledString,
  after: withFields("the last run of the page before", { id: text, createdAt: text }),
});

/** @throws {SluiceError} `invalid-argument` for an unknown option, or one of the wrong type: it would list what is not meant. */
export function checkListRuns(options: ListRuns): void {
  OPTIONS(options, "");
}
