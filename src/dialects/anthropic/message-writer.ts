import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type {
  ChatEvent,
  DataEvent,
  FinishEvent,
  ReasoningDeltaEvent,
  SourceEvent,
  StartEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolInputDeltaEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import { providerWord } from "../../stream/data-name.js";
import type { SluiceError } from "../../stream/error.js";
import type { Opaque } from "../../stream/opaque.js";
import { inputText, outputText } from "../../stream/tool-text.js";
import { type Usage, updateUsage } from "../../stream/usage.js";
import { type Carried, writeCarried } from "../carried.js";
import { ClientCalls, clientReason } from "../client-calls.js";
import type { WriterContext } from "../dialect.js";
import { retractedError } from "../retracted-error.js";
import { writeCitation } from "./citations.js";
import { writeErrorBody } from "./errors.js";
import { ownData } from "./opaque.js";
import { writeStopReason } from "./stop-reason.js";
import { SLUICE_SERVER } from "./tool-blocks.js";
import { writeUsage } from "./usage.js";

/** Takes one event of the Messages API. */
export type WriteMessageEvent = (event: JsonObject & { type: string }) => void;

/** A text or thinking block that goes on while its deltas come. */
interface OpenPart {
  kind: "text" | "thinking";
  index: number;
  block: number | undefined;
  /** Whether only sources are in it: text after them is another block's. */
  bare: boolean;
}

/** Facts of an answer that stand in `message_delta`, beside or inside its `delta`. */
const DELTA_FACTS = ["stop_sequence", "stop_details"];
const EVENT_FACTS = ["context_management", "input_transformations"];

/**
 * Turns events into those of the Messages API, as objects. Our events are flat; here each block has a start, deltas and
 * an end.
 */
export class MessageWriter {
  readonly #context: WriterContext;
  readonly #clientCalls: ClientCalls;
  #start: StartEvent | undefined;
  #usage: Usage = {};
  #begun = false;
  #ended = false;
  /** Whether it holds calls that the client has to run. */
  #hasCalls = false;
  #next = 0;
  #open: OpenPart | undefined;
  /** Index of the block of each call whose arguments are coming. */
  readonly #calls = new Map<string, number>();
  readonly #facts: { delta: JsonObject; event: JsonObject } = { delta: {}, event: {} };

  constructor(context: WriterContext) {
    this.#context = context;
    this.#clientCalls = new ClientCalls(context);
  }

  push(event: ChatEvent, write: WriteMessageEvent): void {
    if (this.#ended) return;
    switch (event.type) {
      case "text-delta":
        this.#text(event, write);
        return;
      case "reasoning-delta":
        this.#reasoning(event, write);
        return;
      case "tool-input-delta":
        this.#input(event, write);
        return;
      case "tool-call":
        this.#call(event, write);
        return;
      case "tool-result":
        this.#result(event, write);
        return;
      case "source":
        this.#source(event, write);
        return;
      case "data":
        this.#data(event, write);
        return;
      case "start":
        // `message_start` waits for what comes next: often that is the usage, which belongs into it.
        this.#start ??= event;
        return;
      case "usage":
        this.#usage = updateUsage(this.#usage, event.usage);
        return;
      case "step-start":
        this.#clientCalls.step();
        this.#closeAll(write);
        return;
      case "step-finish":
        this.#closeAll(write);
        return;
      case "retract":
        if (this.#next > 0) this.fail(retractedError(event), write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "file":
      case "input-request":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "context":
        return;
      default:
        event satisfies never;
    }
  }

  end(write: WriteMessageEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    write({ type: "message_stop" });
  }

  fail(error: SluiceError, write: WriteMessageEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    write({ ...writeErrorBody(error), type: "error" });
  }

  #text({ text, block, opaque }: TextDeltaEvent, write: WriteMessageEvent): void {
    if (text !== "") this.#delta(this.#part("text", block, write), { type: "text_delta", text }, write);
    if (opaque === undefined) return;
    const alone = text === "" && !this.#goesOn("text", block);
    this.#carry({ kind: "text", opaque, ...(alone && { alone }) }, write);
  }

  #reasoning({ text, block, opaque }: ReasoningDeltaEvent, write: WriteMessageEvent): void {
    if (text !== "") {
      this.#delta(this.#part("thinking", block, write), { type: "thinking_delta", thinking: text }, write);
    }
    if (opaque === undefined) return;
    const own = ownData(opaque);
    if (own !== undefined && own.type !== "thinking") {
      this.#whole(own, write);
      return;
    }
    const signature = own === undefined ? writeCarried({ kind: "reasoning", opaque }) : (own.signature ?? "");
    this.#delta(this.#part("thinking", block, write), { type: "signature_delta", signature }, write);
    this.#closePart(write);
  }

  #input(event: ToolInputDeltaEvent, write: WriteMessageEvent): void {
    // Of what kind a call that runs elsewhere is, its complete event says.
    if (this.#clientCalls.runsElsewhere(event)) return;
    const { callId, name, delta } = event;
    let index = this.#calls.get(callId);
    if (index === undefined) {
      index = this.#startBlock({ type: "tool_use", id: callId, name, input: {} }, write);
      this.#hasCalls = true;
      this.#calls.set(callId, index);
    }
    this.#delta(index, { type: "input_json_delta", partial_json: delta }, write);
  }

  #call(event: ToolCallEvent, write: WriteMessageEvent): void {
    const { callId, opaque } = event;
    const own = ownData(opaque);
    const streamed = this.#calls.get(callId);
    if (streamed !== undefined) {
      this.#calls.delete(callId);
      write({ type: "content_block_stop", index: streamed });
      if (opaque !== undefined && !isPlainCall(own)) this.#carry({ kind: "tool-call", callId, opaque }, write);
      return;
    }
    if (opaque !== undefined && own === undefined) this.#carry({ kind: "tool-call", callId, opaque }, write);
    if (own === undefined && this.#clientCalls.runsElsewhere(event)) {
      // Not every client puts the streamed input of an MCP call together: it comes whole.
      const call = { type: "mcp_tool_use", id: callId, name: event.name, input: event.input };
      this.#whole({ ...call, server_name: SLUICE_SERVER }, write);
      return;
    }
    const kind = own ?? { type: "tool_use" };
    this.#hasCalls ||= kind.type === "tool_use";
    const index = this.#startBlock({ ...kind, id: callId, name: event.name, input: {} }, write);
    const text = inputText(event);
    if (text !== "{}") this.#delta(index, { type: "input_json_delta", partial_json: text }, write);
    write({ type: "content_block_stop", index });
  }

  #result(event: ToolResultEvent, write: WriteMessageEvent): void {
    if (!this.#clientCalls.takesResult(event)) return;
    const { callId, output, opaque, isError } = event;
    const own = ownData(opaque);
    if (own !== undefined) {
      this.#whole({ ...own, tool_use_id: callId, content: output }, write);
      return;
    }
    const json = typeof output !== "string";
    if (opaque !== undefined) this.#carry({ kind: "tool-result", callId, opaque, ...(json && { json }) }, write);
    const content = [{ type: "text", text: outputText(output) }];
    this.#whole({ type: "mcp_tool_result", tool_use_id: callId, is_error: isError === true, content }, write);
  }

  #source({ source, block }: SourceEvent, write: WriteMessageEvent): void {
    const open = this.#open;
    const here = open?.kind === "text" && (block === undefined || block === open.block);
    const index = here ? open.index : this.#part("text", block, write);
    if (!here && this.#open !== undefined) this.#open.bare = true;
    this.#delta(index, { type: "citations_delta", citation: writeCitation(source) }, write);
  }

  #data({ name, value, opaque }: DataEvent, write: WriteMessageEvent): void {
    const own = ownData(opaque);
    if (own?.type === "container") {
      const { type: _, ...container } = own;
      this.#facts.delta.container = container;
    } else if (own !== undefined) this.#whole(own, write);
    else if (opaque !== undefined) this.#carry({ kind: "data", name, value, opaque }, write);
    else this.#fact(providerWord(name), value);
  }

  #fact(name: string | undefined, value: JsonValue): void {
    if (name === undefined) return;
    if (DELTA_FACTS.includes(name)) this.#facts.delta[name] = value;
    else if (EVENT_FACTS.includes(name)) this.#facts.event[name] = value;
  }

  #finish({ reason, rawReason, usage }: FinishEvent, write: WriteMessageEvent): void {
    this.#begin(write);
    this.#closeAll(write);
    const stop = { stop_reason: writeStopReason(clientReason(reason, this.#hasCalls), rawReason), stop_sequence: null };
    const delta = { ...stop, ...this.#facts.delta };
    // Its counts are totals: what was known stays known.
    write({ type: "message_delta", delta, usage: writeUsage(updateUsage(this.#usage, usage)), ...this.#facts.event });
  }

  #begin(write: WriteMessageEvent): void {
    if (this.#begun) return;
    this.#begun = true;
    const message = {
      id: this.#start?.id ?? "",
      type: "message",
      role: "assistant",
      model: this.#start?.model || this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(this.#usage),
    };
    write({ type: "message_start", message });
  }

  /** The index of the open block for a piece of text or thinking; opens one where none fits. */
  #part(kind: OpenPart["kind"], block: number | undefined, write: WriteMessageEvent): number {
    if (this.#open !== undefined && this.#goesOn(kind, block)) return this.#open.index;
    const empty = kind === "text" ? { type: kind, text: "" } : { type: kind, thinking: "", signature: "" };
    const index = this.#startBlock(empty, write);
    this.#open = { kind, index, block, bare: false };
    return index;
  }

  #goesOn(kind: OpenPart["kind"], block: number | undefined): boolean {
    const open = this.#open;
    return open?.kind === kind && open.block === block && !open.bare;
  }

  #startBlock(block: JsonObject, write: WriteMessageEvent): number {
    this.#begin(write);
    this.#closePart(write);
    const index = this.#next++;
    write({ type: "content_block_start", index, content_block: block });
    return index;
  }

  #delta(index: number, delta: JsonObject, write: WriteMessageEvent): void {
    write({ type: "content_block_delta", index, delta });
  }

  #whole(block: JsonObject, write: WriteMessageEvent): void {
    write({ type: "content_block_stop", index: this.#startBlock(block, write) });
  }

  #carry(carried: Carried & { opaque: Opaque }, write: WriteMessageEvent): void {
    this.#whole({ type: "redacted_thinking", data: writeCarried(carried) }, write);
  }

  #closePart(write: WriteMessageEvent): void {
    if (this.#open === undefined) return;
    write({ type: "content_block_stop", index: this.#open.index });
    this.#open = undefined;
  }

  #closeAll(write: WriteMessageEvent): void {
    this.#closePart(write);
    for (const index of this.#calls.values()) write({ type: "content_block_stop", index });
    this.#calls.clear();
  }
}

/** Whether the state of a call says no more than that the model made it, which is the default. */
function isPlainCall(own: JsonObject | undefined): boolean {
  if (own === undefined) return false;
  const { type, caller, ...more } = own;
  const direct = caller === undefined || (isJsonObject(caller) && caller.type === "direct");
  return type === "tool_use" && direct && Object.keys(more).length === 0;
}
