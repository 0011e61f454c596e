import { encodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import type {
  ChatEvent,
  DataEvent,
  FileEvent,
  FinishEvent,
  ReasoningDeltaEvent,
  SourceEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolInputDeltaEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import type { SluiceError } from "../../stream/error.js";
import { inputText, outputText } from "../../stream/tool-text.js";
import { writeCarried } from "../carried.js";
import { ClientCalls } from "../client-calls.js";
import { customToolNames } from "../custom-tools.js";
import type { WriterContext } from "../dialect.js";
import { writeError } from "../openai-error.js";
import { retractedError } from "../retracted-error.js";
import { serveAnnotation } from "./annotations.js";
import { writeEnd } from "./end.js";
import { SLUICE_SERVER } from "./items.js";
import { ownData } from "./opaque.js";
import type { TextKind, WriteResponseEvent } from "./written-item.js";
import { WrittenResponse } from "./written-response.js";

/** Tools of the protocol's own that the client runs, by the names of their calls. */
const CLIENT_TOOLS = ["shell", "local_shell", "apply_patch", "computer", "tool_search"];

/**
 * Turns events into those of the Responses API, as objects. Our events are flat; here they are items, and calls are items
 * among them.
 */
export class ResponseWriter {
  readonly #response: WrittenResponse;
  readonly #clientCalls: ClientCalls;
  readonly #customTools: ReadonlySet<string | undefined>;
  #ended = false;
  /** Whether the client has seen that the model declined. */
  #refused = false;
  /** Calls whose arguments are coming. */
  readonly #calls = new Map<string, { at: number; item: JsonObject; input: string[] }>();
  /** What arrived of foreign calls, to be written with their result as one item. */
  readonly #foreign = new Map<string, ToolCallEvent>();

  constructor(context: WriterContext) {
    this.#response = new WrittenResponse(context);
    this.#clientCalls = new ClientCalls(context);
    this.#customTools = customToolNames(context.request);
  }

  /** The response as it stands: complete after `finish`. */
  get response(): JsonObject {
    return this.#response.object;
  }

  push(event: ChatEvent, write: WriteResponseEvent): void {
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
      case "file":
        this.#file(event, write);
        return;
      case "data":
        this.#data(event, write);
        return;
      case "start":
        this.#response.start(event);
        return;
      case "step-start":
        this.#clientCalls.step();
        this.#closeAll(write);
        return;
      case "step-finish":
        this.#closeAll(write);
        return;
      case "retract":
        if (this.#response.begun) this.fail(retractedError(event), write);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      case "usage":
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

  fail(error: SluiceError, write: WriteResponseEvent): void {
    if (this.#ended) return;
    this.#ended = true;
    const fields = { ...errorFields(error), param: error.field ?? null };
    // OpenAI says them in the event itself, Open Responses in an object of their own.
    this.#response.event({ type: "error", ...fields, error: { type: "server_error", ...fields } }, write);
    // Codex passes over the event before, and takes a stream that ends without this one for a connection that broke.
    if (error.code !== "cancelled") this.#response.fail(fields.code, fields.message, write);
  }

  #text({ text, refusal, opaque, block }: TextDeltaEvent, write: WriteResponseEvent): void {
    const own = ownData(opaque);
    if (own?.type === "message") this.#response.openMessage(own, write);
    if (text !== "") {
      if (refusal) this.#refused = true;
      const kind: TextKind = refusal ? "refusal" : "output_text";
      this.#response.openOf("message", write).push(kind, block, text, this.#response.writing(write));
    }
    if (opaque === undefined || own !== undefined) return;
    const alone = text === "" && !this.#response.goesOn(block);
    this.#response.carry({ kind: "text", opaque, ...(alone && { alone }) }, write);
  }

  #reasoning({ text, opaque, block }: ReasoningDeltaEvent, write: WriteResponseEvent): void {
    if (text !== "")
      this.#response.openOf("reasoning", write).push("summary_text", block, text, this.#response.writing(write));
    if (opaque === undefined) return;
    // An item of the provider's own goes back through the client as it is, inside of what the client returns untouched.
    this.#response.openOf("reasoning", write).seal(writeCarried({ kind: "reasoning", opaque }));
    this.#response.close(write);
  }

  #input(event: ToolInputDeltaEvent, write: WriteResponseEvent): void {
    // Of what kind a call is that is no function's, its complete event says.
    if (this.#clientCalls.runsElsewhere(event) || this.#isOwnTool(event.name)) return;
    const { callId, name, delta } = event;
    let open = this.#calls.get(callId);
    if (open === undefined) {
      this.#response.close(write);
      const item = this.#functionCall(callId, name);
      open = { at: this.#response.add(item, write), item, input: [] };
      this.#calls.set(callId, open);
    }
    open.input.push(delta);
    const type = "response.function_call_arguments.delta";
    this.#response.event({ type, item_id: open.item.id ?? "", output_index: open.at, delta }, write);
  }

  #call(event: ToolCallEvent, write: WriteResponseEvent): void {
    const { callId, name, opaque } = event;
    const own = ownData(opaque);
    const streamed = this.#calls.get(callId);
    if (streamed === undefined) this.#response.close(write);
    // What was streamed as a call of a function stays one: its state says what it is.
    if (own?.type === "custom_tool_call" && streamed === undefined) {
      const id = this.#response.nextId("ctc");
      this.#response.whole({ id, ...own, call_id: callId, name, input: event.input, status: "completed" }, write);
      return;
    }
    if (own !== undefined && own.type !== "function_call" && streamed === undefined) {
      this.#response.whole(own, write);
      return;
    }
    if (this.#clientCalls.runsElsewhere(event)) {
      // One of the provider's own comes with its result, as one item; its state says where it stood.
      this.#foreign.set(callId, event);
      if (opaque !== undefined) this.#response.carry({ kind: "tool-call", callId, opaque }, write);
      return;
    }
    this.#calls.delete(callId);
    const item = streamed?.item ?? this.#functionCall(callId, name);
    const at = streamed?.at ?? this.#response.add(item, write);
    const text = streamed?.input.join("") ?? inputText(event);
    const place = { item_id: item.id ?? "", output_index: at };
    if (streamed === undefined && text !== "") {
      this.#response.event({ type: "response.function_call_arguments.delta", ...place, delta: text }, write);
    }
    this.#response.event({ type: "response.function_call_arguments.done", ...place, name, arguments: text }, write);
    const { id, type = "function_call", ...fields } = own ?? {};
    this.#response.done(at, { ...item, ...fields, arguments: text, status: "completed" }, write);
    if (opaque !== undefined && (own === undefined || id !== undefined || type !== "function_call"))
      this.#response.carry({ kind: "tool-call", callId, opaque }, write);
  }

  #functionCall(callId: string, name: string): JsonObject {
    const id = this.#response.nextId("fc");
    return { id, type: "function_call", status: "in_progress", arguments: "", call_id: callId, name };
  }

  #result(event: ToolResultEvent, write: WriteResponseEvent): void {
    if (!this.#clientCalls.takesResult(event)) return;
    const { callId, name, output, opaque, isError } = event;
    const call = this.#foreign.get(callId);
    this.#foreign.delete(callId);
    this.#response.close(write);
    const own = ownData(opaque);
    if (own !== undefined) {
      this.#response.whole(own, write);
      return;
    }
    const json = typeof output !== "string";
    if (opaque !== undefined)
      this.#response.carry({ kind: "tool-result", callId, opaque, ...(json && { json }) }, write);
    const text = outputText(output);
    const input = call === undefined ? "{}" : inputText(call);
    const outcome = { output: isError ? null : text, error: isError ? text : null };
    const named = { server_label: SLUICE_SERVER, name: call?.name ?? name };
    const item = { id: callId, type: "mcp_call", ...named, arguments: input, ...outcome };
    this.#response.whole({ ...item, status: isError ? "failed" : "completed", approval_request_id: null }, write);
  }

  #source({ source, block }: SourceEvent, write: WriteResponseEvent): void {
    this.#response.openOf("message", write).annotate(block, serveAnnotation(source), this.#response.writing(write));
  }

  #file({ mediaType, data, opaque }: FileEvent, write: WriteResponseEvent): void {
    // An image of the provider's own stands in the item of the call that made it.
    if (!mediaType.startsWith("image/") || ownData(opaque) !== undefined) return;
    this.#response.close(write);
    const id = this.#response.nextId("ig");
    const format = mediaType.slice("image/".length);
    const item = { id, type: "image_generation_call", status: "completed", output_format: format };
    this.#response.whole({ ...item, result: encodeBase64(data) }, write);
  }

  #data({ name, value, opaque }: DataEvent, write: WriteResponseEvent): void {
    if (opaque === undefined) return;
    const own = ownData(opaque);
    this.#response.close(write);
    if (own !== undefined) this.#response.whole(own, write);
    else this.#response.carry({ kind: "data", name, value, opaque }, write);
  }

  #finish({ reason, usage }: FinishEvent, write: WriteResponseEvent): void {
    // The protocol has no status for it: a refusal is what a message says.
    if (reason === "refusal" && !this.#refused) {
      this.#response.openOf("message", write).refuse(this.#response.writing(write));
    }
    this.#closeAll(write);
    this.#ended = true;
    this.#response.finish(writeEnd(reason), usage, write);
  }

  /** A tool that the client runs and this protocol knows: a shell, patches, or one that takes plain text. */
  #isOwnTool(name: string): boolean {
    return CLIENT_TOOLS.includes(name) || this.#customTools.has(name);
  }

  #closeAll(write: WriteResponseEvent): void {
    this.#response.close(write);
    for (const { at, item, input } of this.#calls.values()) {
      this.#response.done(at, { ...item, arguments: input.join(""), status: "incomplete" }, write);
    }
    this.#calls.clear();
  }
}

function errorFields(error: SluiceError): { message: string; code: string } {
  const { error: fields } = writeError(error).body;
  const message = error.providerMessage ?? error.message;
  return typeof fields === "object" ? { message, code: error.code } : { message, code: "server_error" };
}
