import { describe, SluiceError } from "../../stream/error.js";

/** There is no such conversation, or it is another caller's. */
export function missingConversation(contextId: string): SluiceError {
  return new SluiceError("not-found", `there is no conversation ${describe(contextId)}`, {
    field: "id",
    status: 404,
  });
}
