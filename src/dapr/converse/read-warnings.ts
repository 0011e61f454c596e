import type { Warning } from "../../stream/chat-event.js";
import type { ConversationWarningAlpha2 } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";

/** What a sidecar says of options that it did not send to the provider as they were given. */
export function readWarnings(warnings: readonly ConversationWarningAlpha2[]): Warning[] {
  return warnings.map(({ field, message }) => ({ field, message }));
}
