import { SluiceError } from "../../stream/error.js";

/** The error for an append that expected another version. */
export function conflict(id: string, expected: number, found: number): SluiceError {
  return new SluiceError(
    "conflict",
    `conversation ${JSON.stringify(id)} was changed by another writer: expected version ${expected}, found ${found}`,
    { retryable: true },
  );
}
