import { SluiceError } from "../../src/stream/error.js";

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<SluiceError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}
