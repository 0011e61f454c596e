import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { sniffMediaType } from "../../base/sniff-media-type.js";
import { uuid } from "../../base/uuid.js";
import type { ChatEvent, ToolCallEvent } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { filledString } from "../filled-string.js";
import { type ParsedInput, parseToolInput, toolInput, UNNAMED } from "../tool-input.js";
import { isInvented, ownOpaque } from "./opaque.js";

/** The MCP server's name under which tools appear that neither the client nor the provider runs. */
export const SLUICE_SERVER = "sluice";

/** What a call is, beside its arguments. */
export interface ItemCall {
  callId: string;
  name: string;
  providerExecuted?: true;
}

/** Calls that the client answers with an item of its own, whoever defined the tool. */
const CLIENT_CALLS = ["function_call", "custom_tool_call", "local_shell_call", "apply_patch_call", "computer_call"];
/** Fields of an item that hold the arguments as they are, and those that are arguments one by one. */
const WHOLE_INPUT = ["action", "operation", "arguments", "input"];
const INPUT_FIELDS = ["code", "container_id", "queries", "actions"];
/** Calls of tools that the provider runs whose result is an item of its own. */
const CALLS_APART = ["shell_call", "tool_search_call", "program"];
/** What a call of the client's own tools must come back with, beside what our event says. */
const RETURNED = ["namespace", "caller"];

/** Whether an item is a call of a tool, whoever runs it. */
export function isCall(item: JsonObject): boolean {
  // A program of the provider's calls tools in turn.
  return typeof item.type === "string" && (item.type.endsWith("_call") || item.type === "program");
}

/**
 * Who is called, from an item whose arguments may still be coming.
 *
 * @param customTools names of the custom tools that the client declared, where they are known.
 */
export function callOf(item: JsonObject, customTools?: ReadonlySet<string>): ItemCall {
  const id = filledString(item.call_id) ?? filledString(item.id);
  const named = item.type === "function_call" || item.type === "custom_tool_call";
  const name = filledString(item.name) ?? (named ? UNNAMED : String(item.type).replace(/_call$/, "") || "tool");
  return {
    callId: id ?? uuid(),
    name,
    ...(!runsAtClient(item, customTools) && { providerExecuted: true as const }),
  };
}

function runsAtClient(
  { type, name, environment, execution }: JsonObject,
  customTools: ReadonlySet<string> | undefined,
): boolean {
  if (typeof type !== "string") return false;
  if (type === "custom_tool_call" && typeof name === "string") return customTools?.has(name) ?? true;
  if (CLIENT_CALLS.includes(type)) return true;
  // A shell runs in the provider's container or at the client's; a search for tools as well.
  if (type === "shell_call") return !isJsonObject(environment) || environment.type === "local";
  return type === "tool_search_call" && execution === "client";
}

/** The arguments of a call that is complete. */
export function inputOf(item: JsonObject): ParsedInput {
  // No arguments at all is what a call has that was cut before them, too.
  if (item.status === "incomplete" && item.arguments === "") return { input: "", invalid: true };
  for (const field of WHOLE_INPUT) {
    const value = item[field];
    if (value === undefined || value === null) continue;
    // A custom tool takes plain text; all other arguments that are text are JSON.
    if (field === "input") return { input: value };
    return typeof value === "string" ? parseToolInput(value) : { input: toolInput(value) };
  }
  return { input: fieldsOf(item, (key) => INPUT_FIELDS.includes(key)) };
}

/** Whether a call was made of one of the client's own tools: then our event says all of it. */
export function isPlainCall(item: JsonObject): boolean {
  return item.type === "function_call";
}

/** The event of a call that is complete. State stands in it where no result follows that has it. */
export function callEvent(call: ItemCall, item: JsonObject, keepId: boolean): ToolCallEvent {
  const event: ToolCallEvent = { type: "tool-call", ...call, ...inputOf(item) };
  const own = item.type === "custom_tool_call" && call.providerExecuted === undefined;
  if (isPlainCall(item) || own) {
    const state = fieldsOf(item, (key) => RETURNED.includes(key) || (keepId && key === "id"));
    const plain = isPlainCall(item) && Object.keys(state).length === 0;
    if (!plain) event.opaque = ownOpaque({ type: item.type ?? "", ...state });
  } else if (call.providerExecuted === undefined || hasResultApart(item)) {
    event.opaque = ownOpaque(item);
  }
  return event;
}

/** The events after the call of a tool that the provider ran: its image, and its result with the item's state. */
export function resultEvents(call: ItemCall, item: JsonObject): ChatEvent[] {
  if (hasResultApart(item)) return [];
  if (item.type === "mcp_call") return [mcpResult(call, item)];
  const image = imageOf(item);
  const output = fieldsOf(item, (key) => isOutput(key) || (key === "result" && image === undefined));
  const failed = item.status === "failed" || (item.error ?? null) !== null;
  const result: ChatEvent = { type: "tool-result", ...call, output, ...(failed && { isError: true }) };
  const state = isInvented(item.id) ? undefined : ownOpaque({ type: "image_generation_call" });
  const file: ChatEvent[] = image === undefined ? [] : [{ type: "file", ...image, ...(state && { opaque: state }) }];
  return [...file, { ...result, opaque: ownOpaque(item) }];
}

function hasResultApart({ type }: JsonObject): boolean {
  return typeof type === "string" && CALLS_APART.includes(type);
}

/** The image that a tool made; `undefined` if there is none. */
function imageOf({
  type,
  result,
  output_format: format,
}: JsonObject): { mediaType: string; data: Uint8Array } | undefined {
  if (type !== "image_generation_call" || typeof result !== "string" || result === "") return undefined;
  try {
    const data = decodeBase64(result);
    return { mediaType: typeof format === "string" ? `image/${format}` : (sniffMediaType(data) ?? "image/png"), data };
  } catch {
    return undefined;
  }
}

const NOT_OUTPUT = ["id", "type", "call_id", "name", "result"];

function isOutput(field: string): boolean {
  return [NOT_OUTPUT, WHOLE_INPUT, INPUT_FIELDS].every((others) => !others.includes(field));
}

function mcpResult(call: ItemCall, item: JsonObject): ChatEvent {
  const failed = (item.error ?? null) !== null;
  const output = (failed ? item.error : item.output) ?? null;
  const foreign = item.server_label === SLUICE_SERVER;
  const result = { type: "tool-result" as const, ...call, output, ...(failed && { isError: true as const }) };
  return foreign ? result : { ...result, opaque: ownOpaque(item) };
}

/**
 * The events of a call that ended as what came of it, an item of another type: the provider ran it, whatever it looked like
 * (Perplexity's search).
 */
export function answeredEvents(call: ItemCall, source: JsonObject, result: JsonObject): ChatEvent[] {
  const ran = { ...call, providerExecuted: true as const };
  const { status: _, ...item } = source;
  const output = fieldsOf(result, (key) => key !== "id" && key !== "type");
  return [callEvent(ran, item, false), { type: "tool-result", ...ran, output, opaque: ownOpaque(result) }];
}

/** The events of an item that came whole and is neither a message nor reasoning nor a call. */
export function otherItemEvents(item: JsonObject, names: ReadonlyMap<string, string>): ChatEvent[] {
  const type = filledString(item.type) ?? "item";
  if (type === "mcp_approval_request") return approvalEvents(item);
  const callId = type.endsWith("_output") ? answeredBy(item, names) : undefined;
  if (callId !== undefined) {
    const name = names.get(callId) ?? type.replace(/(_call)?_output$/, "");
    const output = fieldsOf(item, (key) => !["id", "type", "call_id"].includes(key));
    const call = { callId, name, providerExecuted: true as const };
    return [{ type: "tool-result", ...call, output, opaque: ownOpaque(item) }];
  }
  return [{ type: "data", name: providerData(type), value: item, opaque: ownOpaque(item) }];
}

/** The call that an output answers: a search for tools that the provider ran does not say, and answers the last one. */
function answeredBy({ type, call_id: id }: JsonObject, names: ReadonlyMap<string, string>): string | undefined {
  if (typeof id === "string") return id;
  if (type !== "tool_search_output") return undefined;
  return [...names].findLast(([, name]) => name === "tool_search")?.[0];
}

/** Whether reasoning can be understood without the provider's record of it: it came encrypted, or in full. */
export function isSealed({ encrypted_content: encrypted, content }: JsonObject): boolean {
  return filledString(encrypted) !== undefined || (Array.isArray(content) && content.length > 0);
}

/** An MCP tool of the provider's waits for a yes: a call whose result is the answer to it. */
function approvalEvents(item: JsonObject): ChatEvent[] {
  const call = callOf(item);
  const { input, invalid } = inputOf(item);
  return [
    { type: "tool-call", ...call, input, ...(invalid && { invalid }), opaque: ownOpaque(item) },
    { type: "input-request", id: call.callId, kind: "approval", callId: call.callId, name: call.name, input },
  ];
}

function fieldsOf(item: JsonObject, wanted: (key: string) => boolean): JsonObject {
  const fields: [string, JsonValue][] = Object.entries(item).filter(([key, value]) => value !== null && wanted(key));
  return Object.fromEntries(fields);
}
