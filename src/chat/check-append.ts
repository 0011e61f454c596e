import {
  type Check,
  exactly,
  filledString,
  jsonObject,
  list,
  oneOf,
  string,
  wholeNumber,
  withFields,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { Append } from "./conversation-store.js";

const idOrNull: Check = (value, path) => {
  if (value !== null) filledString(value, path);
};
const content: Check = (value, path) => {
  if (typeof value !== "string" && !Array.isArray(value)) throw invalid(path, value, "a text, or an array of parts");
};
const role = { required: oneOf("system", "user", "assistant", "tool") };

const stored = withFields("a stored message", {
  id: { required: filledString },
  parentId: { required: idOrNull },
  message: { required: withFields("a message", { role, content: { required: content } }) },
  createdAt: { required: filledString },
  status: { required: oneOf("complete", "interrupted") },
});

const APPEND = exactly("an append", {
  expectedVersion: { required: wholeNumber(0) },
  messages: { required: list("an array of stored messages", stored) },
  head: { required: idOrNull },
  title: string,
  metadata: jsonObject,
} satisfies Record<keyof Append, unknown>);

/**
 * For stores, which would keep what nobody can read again.
 *
 * @throws {SluiceError} `invalid-argument`, naming the field.
 */
export function checkAppend(id: string, change: Append): void {
  filledString(id, "id");
  APPEND(change, "change");
}
