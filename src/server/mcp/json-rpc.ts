import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/** The id of a request. */
export type RequestId = string | number;

/** One message of JSON-RPC 2.0. */
export type RpcMessage =
  | { kind: "request"; id: RequestId; method: string; params: JsonObject }
  | { kind: "notification"; method: string; params: JsonObject }
  /** `result` is absent where it is an error. */
  | { kind: "response"; id: RequestId; result?: JsonObject };

/** Codes of JSON-RPC 2.0, 5.1, and of MCP 2026-07-28 (Overview, Error Codes). */
export const RPC_ERROR = {
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
} as const;

/** A body as a message; a text says what is wrong with it. */
export function readRpc(body: JsonValue): RpcMessage | string {
  if (Array.isArray(body)) return "batches are not served: send one message a request (MCP since 2025-06-18)";
  if (!isJsonObject(body) || body.jsonrpc !== "2.0") return 'the body is no message of JSON-RPC with jsonrpc: "2.0"';
  const { id, method, params = {}, result, error } = body;
  const hasId = typeof id === "string" || typeof id === "number";
  if (typeof method === "string") {
    if (!isJsonObject(params)) return "params is no object";
    if (result !== undefined || error !== undefined) return "a message with a method has no result and no error";
    if (hasId) return { kind: "request", id, method, params };
    return id === undefined ? { kind: "notification", method, params } : "id is neither a string nor a number";
  }
  const isWhole = isJsonObject(result) !== isJsonObject(error);
  if (!hasId || !isWhole) return "a message without a method is a response: an id, and a result or an error, an object";
  return { kind: "response", id, ...(isJsonObject(result) && { result }) };
}

/** A request's result. */
export function rpcResult(id: RequestId, result: object): object {
  return { jsonrpc: "2.0", id, result };
}

/** A request's failure, or that of a body without an id. @param data what programs read of it. */
export function rpcError(id: RequestId | null, code: number, message: string, data?: object): object {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data && { data }) } };
}
