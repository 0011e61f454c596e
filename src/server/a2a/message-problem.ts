import { isJsonObject, type JsonValue } from "../../base/json.js";

/**
 * What is wrong with a request to send a message that the protocol's package cannot read at all; `undefined` where it can, and says
 * itself what it does not take.
 *
 * @param request as JSON, of version 1.0 or 0.3.
 */
export function messageProblem(request: JsonValue | undefined): string | undefined {
  const message = isJsonObject(request) ? request.message : undefined;
  const parts = isJsonObject(message) && Array.isArray(message.parts) ? message.parts : [];
  for (const [index, part] of parts.entries()) {
    if (!isJsonObject(part)) return `message.parts[${index}] is no object`;
    const { raw } = part;
    if (raw !== undefined && raw !== null && typeof raw !== "string") return `message.parts[${index}].raw is no base64`;
  }
  return undefined;
}
