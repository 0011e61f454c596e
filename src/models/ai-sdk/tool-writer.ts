import type {
  ApprovalRequestEvent,
  ToolCallEvent,
  ToolInputDeltaEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import { inputText } from "../../stream/tool-text.js";
import type { WritePart } from "./block-writer.js";
import { annotation, RAN_HERE, writeMetadata } from "./metadata.js";

/**
 * Writes tool calls and results.
 *
 * In the AI SDK a result in a model's stream is always of a tool that the provider ran. A model of ours may be an agent
 * that runs tools of its own: a call of a tool that the caller did not offer is buffered, with the pieces of its input,
 * until its result says so, and then all are marked as run by the provider: `ai` would show it twice otherwise. Where no
 * result comes, the call is the caller's to answer.
 */
export class ToolWriter {
  readonly #offered: ReadonlySet<string>;
  readonly #showsForeign: boolean;
  readonly #inputs = new Set<string>();
  /** Pieces of input that wait for what becomes of their call. */
  readonly #pieces = new Map<string, ToolInputDeltaEvent[]>();
  readonly #buffered = new Map<string, ToolCallEvent>();
  readonly #called = new Set<string>();
  readonly #asked = new Set<string>();

  /**
   * @param offered the names of the tools that the caller runs.
   * @param showsForeign whether the reader is shown calls of other tools: else their input is not shown either.
   */
  constructor(offered: ReadonlySet<string>, showsForeign: boolean) {
    this.#offered = offered;
    this.#showsForeign = showsForeign;
  }

  inputDelta(event: ToolInputDeltaEvent, write: WritePart): void {
    const { callId, name, providerExecuted } = event;
    if (this.#offered.has(name) || (providerExecuted && this.#showsForeign)) {
      this.#writeInput(event, providerExecuted === true, write);
    } else if (!providerExecuted) {
      const pieces = this.#pieces.get(callId);
      if (pieces === undefined) this.#pieces.set(callId, [event]);
      else pieces.push(event);
    }
  }

  #writeInput({ callId: id, name: toolName, delta }: ToolInputDeltaEvent, byProvider: boolean, write: WritePart): void {
    if (!this.#inputs.has(id)) {
      this.#inputs.add(id);
      const foreign = byProvider && !this.#offered.has(toolName) ? { dynamic: true } : {};
      write({ type: "tool-input-start", id, toolName, ...(byProvider && { providerExecuted: true }), ...foreign });
    }
    if (delta !== "") write({ type: "tool-input-delta", id, delta });
  }

  /** The pieces that waited, once it is known who runs the tool. */
  #writePieces(id: string, ranHere: boolean, write: WritePart): void {
    const pieces = this.#pieces.get(id) ?? [];
    this.#pieces.delete(id);
    if (ranHere && !this.#showsForeign) return;
    for (const piece of pieces) this.#writeInput(piece, ranHere, write);
    if (pieces.length > 0) this.#endInput(id, write);
  }

  #endInput(id: string, write: WritePart): void {
    if (this.#inputs.delete(id)) write({ type: "tool-input-end", id });
  }

  call(event: ToolCallEvent, write: WritePart): void {
    this.#endInput(event.callId, write);
    if (event.providerExecuted || this.#offered.has(event.name)) this.#writeCall(event, write);
    else this.#buffered.set(event.callId, event);
  }

  result(event: ToolResultEvent, write: WritePart): void {
    const { callId: toolCallId, name: toolName, output, isError, preliminary, providerExecuted, opaque } = event;
    const call = this.#buffered.get(toolCallId);
    if (call !== undefined) this.#writeCall(call, write, true);
    write({
      type: "tool-result",
      toolCallId,
      toolName,
      // The AI SDK has no result that is nothing.
      result: output ?? "null",
      ...(isError && { isError }),
      ...(preliminary && { preliminary }),
      ...(!this.#offered.has(toolName) && { dynamic: true }),
      ...annotation(writeMetadata(opaque, providerExecuted ? {} : RAN_HERE)),
    });
  }

  /** @param written whether the provider's own request was written already. */
  approval({ id, callId, name, input }: ApprovalRequestEvent, write: WritePart): void {
    if (this.#asked.delete(callId)) return;
    const call = this.#buffered.get(callId);
    if (call !== undefined) this.#writeCall(call, write, true);
    else if (!this.#called.has(callId)) this.#writeCall({ type: "tool-call", callId, name, input }, write, true);
    write({ type: "tool-approval-request", approvalId: id, toolCallId: callId });
  }

  /** A provider's own request for approval is about to be written, for this call. */
  asks(callId: string): void {
    this.#asked.add(callId);
  }

  /** Nothing more comes of these calls: those without a result are the caller's. */
  flush(write: WritePart): void {
    for (const call of [...this.#buffered.values()]) this.#writeCall(call, write);
    for (const id of [...this.#pieces.keys()]) this.#writePieces(id, false, write);
    for (const id of [...this.#inputs]) this.#endInput(id, write);
  }

  /** What was buffered is void. */
  drop(): void {
    this.#buffered.clear();
    this.#pieces.clear();
  }

  #writeCall(event: ToolCallEvent, write: WritePart, ranHere = false): void {
    const { callId: toolCallId, name: toolName, opaque } = event;
    const providerExecuted = event.providerExecuted === true || ranHere;
    this.#buffered.delete(toolCallId);
    this.#called.add(toolCallId);
    this.#writePieces(toolCallId, ranHere, write);
    write({
      type: "tool-call",
      toolCallId,
      toolName,
      input: inputText(event),
      ...(providerExecuted && { providerExecuted }),
      ...(providerExecuted && !this.#offered.has(toolName) && { dynamic: true }),
      ...annotation(writeMetadata(opaque, ranHere ? RAN_HERE : {})),
    });
  }
}
