import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { META, PER_REQUEST } from "../../tools/mcp/per-request-names.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { RPC_ERROR, type RpcMessage, rpcError } from "./json-rpc.js";

/** Versions with a handshake that are spoken, the newest first. */
export const HANDSHAKE = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;

type RpcRequest = RpcMessage & { kind: "request" };

/** Whether a message is of the version without a handshake, or a later one. */
export function saysItself(call: ServerCall, message: RpcMessage): boolean {
  if (call.header("mcp-protocol-version") === PER_REQUEST) return true;
  if (message.kind === "response") return false;
  const version = metaOf(message.params)[META.version];
  return version !== undefined && !HANDSHAKE.some((one) => one === version);
}

/** What a request says of its client: whether it puts forms before its user. Or else the answer that refuses the request. */
export function readMetadata(call: ServerCall, { id, method, params }: RpcRequest): { elicits: boolean } | ServerReply {
  const refuse = (code: number, message: string, data?: object) => jsonReply(rpcError(id, code, message, data), 400);
  const { [META.version]: version, [META.capabilities]: capabilities } = metaOf(params);
  if (typeof version !== "string") return refuse(RPC_ERROR.invalidParams, `_meta has no ${META.version}`);
  const mirrored: [header: string, value: unknown][] = [
    ["mcp-protocol-version", version],
    ["mcp-method", method],
    ...(method === "tools/call" ? ([["mcp-name", params.name]] as [string, unknown][]) : []),
  ];
  for (const [header, value] of mirrored) {
    const given = decoded(call.header(header));
    const found = given === undefined ? "it is missing" : `it is ${JSON.stringify(given)}`;
    if (given !== value)
      return refuse(RPC_ERROR.headerMismatch, `${header} must be ${JSON.stringify(value)}, as in the body: ${found}`);
  }
  if (version !== PER_REQUEST) {
    const data = { supported: [PER_REQUEST, ...HANDSHAKE], requested: version };
    return refuse(RPC_ERROR.unsupportedVersion, `version ${version} is not spoken here`, data);
  }
  if (!isJsonObject(capabilities)) return refuse(RPC_ERROR.invalidParams, `_meta has no ${META.capabilities}`);
  return { elicits: putsForms(capabilities) };
}

/** Whether a client puts forms before its user (`elicitation/create`). */
export function putsForms(capabilities: unknown): boolean {
  const { elicitation } = isJsonObject(capabilities) ? capabilities : {};
  // One that says no more than that it is there means forms.
  return isJsonObject(elicitation) && (Object.keys(elicitation).length === 0 || "form" in elicitation);
}

function metaOf({ _meta }: JsonObject): JsonObject {
  return isJsonObject(_meta) ? _meta : {};
}

/** A header's value: what is no plain ASCII comes in base64 (MCP 2026-07-28, Streamable HTTP, Value Encoding). */
function decoded(value: string | undefined): string | undefined {
  const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(value ?? "") ?? [];
  if (encoded === undefined) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64(encoded));
  } catch {
    return undefined;
  }
}
