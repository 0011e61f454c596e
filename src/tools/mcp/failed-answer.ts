import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { isJsonObject, type JsonValue, parseJson } from "../../base/json.js";

/** How much of what is no message is quoted, in characters. */
export const QUOTED = 200;
/** JSON-RPC 2.0, section 5.1: an internal error. */
export const INTERNAL_ERROR = -32_603;
const NOT_VALID = "the server's answer is not valid";

/** An answer that is not by the letter, as the error that it is; `undefined` for what is no answer. */
export function failedAnswer(line: string, cause: unknown): JSONRPCMessage | undefined {
  const value = parsed(line);
  if (!isJsonObject(value)) return undefined;
  const { id, method, error, result } = value;
  if (method !== undefined || (typeof id !== "string" && typeof id !== "number")) return undefined;
  const given = isJsonObject(error) ? (error.message ?? error.code) : (error ?? result);
  const text = typeof given === "string" || typeof given === "number" ? String(given).slice(0, QUOTED) : why(cause);
  return { jsonrpc: "2.0", id, error: { code: INTERNAL_ERROR, message: `${NOT_VALID}: ${text}` } };
}

/**
 * What is wrong with an event in the stream that is to bring one request's answer; `undefined` where it is a message that may stand
 * there. Whatever the server says of its own accord is not judged: the answer may still come.
 *
 * @param isExpected whether a request of this id waits for its answer.
 */
export function answerProblem(
  data: string,
  read: (value: JsonValue) => JSONRPCMessage,
  isExpected: (id: string | number) => boolean,
): string | undefined {
  let message: JSONRPCMessage;
  try {
    message = read(parseJson(data));
  } catch (cause) {
    const value = parsed(data);
    if (isJsonObject(value) && typeof value.method === "string") return undefined;
    const answer = failedAnswer(data, cause);
    if (answer !== undefined && "error" in answer) return answer.error.message;
    return `${NOT_VALID}: ${data.slice(0, QUOTED)}`;
  }
  if ("method" in message) return undefined;
  if (message.id === undefined) return `${NOT_VALID}: ${"error" in message ? message.error.message : "it has no id"}`;
  return isExpected(message.id)
    ? undefined
    : `${NOT_VALID}: it has the id ${JSON.stringify(message.id)}, which nobody asked for`;
}

/** Also what is nested too deep to be used: only who asked is looked up in it. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function why(cause: unknown): string {
  return cause instanceof SyntaxError ? cause.message : "it has no result that is an object";
}
