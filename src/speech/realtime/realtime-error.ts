import type { JsonObject } from "../../base/json.js";
import { writeError } from "../../dialects/openai-error.js";
import { SluiceError } from "../../stream/error.js";

/** A client's event that cannot be done, with OpenAI's code where it has one. */
export class RealtimeRefusal extends Error {
  readonly code: string;
  readonly param: string | undefined;

  constructor(code: string, message: string, param?: string) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** The `error` of an `error` event. @param eventId that of the client's event. */
export function errorObject(thrown: unknown, eventId?: string): JsonObject {
  const about = { event_id: eventId ?? null };
  if (thrown instanceof RealtimeRefusal) {
    const { code, message, param = null } = thrown;
    return { type: "invalid_request_error", code, message, param, ...about };
  }
  const { error } = writeError(SluiceError.from(thrown)).body;
  return { ...(typeof error === "object" && error !== null && !Array.isArray(error) && error), ...about };
}
