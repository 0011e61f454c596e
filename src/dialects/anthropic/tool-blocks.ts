import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { TextBuffer } from "../../base/text-buffer.js";
import { uuid } from "../../base/uuid.js";
import type { Emit, ToolResultEvent } from "../../stream/chat-event.js";
import type { Opaque } from "../../stream/opaque.js";
import { filledString } from "../filled-string.js";
import { type ParsedInput, parseToolInput, readInput, UNNAMED } from "../tool-input.js";
import { mergeDelta, unknownDelta } from "./block-delta.js";
import { otherFields, ownOpaque } from "./opaque.js";
import type { AnswerState, OpenBlock, PieceKind } from "./open-block.js";

/** The MCP server's name under which tools appear that neither the client nor Anthropic runs. */
export const SLUICE_SERVER = "sluice";

/** How the types of all results end. */
const RESULT = "tool_result";

/** Whether a call is of a tool that another provider ran, served by Sluice as one of an MCP server. */
export function isForeign(block: JsonObject): boolean {
  return block.type === "mcp_tool_use" && block.server_name === SLUICE_SERVER;
}

/** A call of a tool: of the caller's (`tool_use`), or of one that the provider runs. */
export class CallBlock implements OpenBlock {
  readonly #block: JsonObject;
  readonly #answer: AnswerState;
  readonly #callId: string;
  readonly #name: string;
  readonly #provider: { providerExecuted?: true };
  readonly #input = new TextBuffer();
  /** Whether another call has its id: then it is reported only when it is known to be another. */
  readonly #silent: boolean;
  #streamed = false;

  constructor(block: JsonObject, answer: AnswerState) {
    this.#block = block;
    this.#answer = answer;
    this.#callId = filledString(block.id) ?? uuid();
    this.#name = filledString(block.name) ?? UNNAMED;
    this.#provider = block.type === "tool_use" ? {} : { providerExecuted: true };
    this.#silent = answer.names.has(this.#callId);
    answer.names.set(this.#callId, this.#name);
    if (isForeign(block)) answer.foreign.add(this.#callId);
  }

  piece(kind: PieceKind, delta: string, emit: Emit): boolean {
    if (kind !== "input_json_delta") return false;
    if (delta === "") return true;
    this.#streamed = true;
    this.#input.push(delta);
    if (!this.#silent)
      emit({ type: "tool-input-delta", callId: this.#callId, name: this.#name, delta, ...this.#provider });
    return true;
  }

  delta(delta: JsonObject, emit: Emit): void {
    unknownDelta(delta, emit);
  }

  get bare(): boolean {
    const { input } = this.#block;
    const empty = isJsonObject(input) ? Object.keys(input).length === 0 : !input;
    return !this.#streamed && empty && this.#provider.providerExecuted === undefined;
  }

  close(emit: Emit): void {
    const input = this.#whole();
    const callId = this.#answer.reported.admit(this.#callId, this.#name, JSON.stringify(input.input));
    if (callId === undefined) return;
    if (this.#provider.providerExecuted === undefined) this.#answer.waiting.set(callId, this.#madeBy());
    const event = { type: "tool-call", callId, name: this.#name, ...input, ...this.#provider } as const;
    const opaque = this.#answer.carried.ofCall(this.#callId) ?? callOpaque(this.#block);
    emit(opaque === undefined ? event : { ...event, opaque });
  }

  /** The provider's own code calls tools, too, and is over before the answer is. */
  #madeBy(): string | undefined {
    const { caller } = this.#block;
    return isJsonObject(caller) ? filledString(caller.tool_id) : undefined;
  }

  #whole(): ParsedInput {
    if (this.#streamed) return parseToolInput(this.#input.toString());
    if (this.bare && this.#answer.cut) return { input: "", invalid: true };
    // A call that the provider's own code makes comes whole; some services say it as text.
    const { input } = this.#block;
    return typeof input === "string" ? parseToolInput(input) : readInput(input);
  }
}

/** What a call block says beyond our event: its type where that is not the plain one, who called, from which server. */
export function callOpaque(block: JsonObject): Opaque | undefined {
  if (isForeign(block)) return undefined;
  const state = otherFields(block, ["id", "name", "input", "cache_control"]);
  return block.type === "tool_use" && Object.keys(state).length === 1 ? undefined : ownOpaque(state);
}

/** Whether a block is the result of a tool that the provider ran. All of them point to their call. */
export function isServerResult(block: JsonObject): boolean {
  const { type, tool_use_id: callId } = block;
  return typeof type === "string" && type.endsWith(RESULT) && type !== RESULT && filledString(callId) !== undefined;
}

/** What a tool that the provider ran returned. It comes whole. */
export class ResultBlock implements OpenBlock {
  readonly #block: JsonObject;
  readonly #answer: AnswerState;

  constructor(block: JsonObject, answer: AnswerState) {
    this.#block = { ...block };
    this.#answer = answer;
  }

  piece(): boolean {
    return false;
  }

  delta(delta: JsonObject): void {
    mergeDelta(this.#block, delta);
  }

  close(emit: Emit): void {
    const { waiting } = this.#answer;
    for (const [callId, maker] of waiting) if (maker === this.#block.tool_use_id) waiting.delete(callId);
    emit(readServerResult(this.#block, this.#answer));
  }
}

/** The block of a provider's tool result as our event. */
export function readServerResult(block: JsonObject, { names, foreign, carried }: AnswerState): ToolResultEvent {
  const callId = String(block.tool_use_id);
  const type = String(block.type);
  const ours = foreign.has(callId);
  // Search for tools may answer in the turn after the call.
  const name = names.get(callId) ?? type.slice(0, -RESULT.length).replace(/_$/, "");
  const output = ours ? plainText(block.content ?? null) : (block.content ?? null);
  const opaque = ours ? undefined : ownOpaque(otherFields(block, ["tool_use_id", "content", "cache_control"]));
  return carried.on({
    type: "tool-result",
    callId,
    name,
    output,
    ...(isFailure(block) && { isError: true }),
    providerExecuted: true,
    ...(opaque !== undefined && { opaque }),
  });
}

function isFailure(block: JsonObject): boolean {
  const { content } = block;
  const type = isJsonObject(content) ? content.type : undefined;
  return block.is_error === true || (typeof type === "string" && type.endsWith("_error"));
}

function plainText(content: JsonValue): JsonValue {
  const [first, ...rest] = Array.isArray(content) ? content : [];
  return isJsonObject(first) && typeof first.text === "string" && rest.length === 0 ? first.text : content;
}
