import type {
  ApprovalRequestEvent,
  ToolCallEvent,
  ToolInputDeltaEvent,
  ToolResultEvent,
} from "../../stream/chat-event.js";
import type { WritePart } from "./block-writer.js";
import { annotation, RAN_HERE, writeMetadata } from "./metadata.js";

/**
 * Writes tool calls and results.
 *
 * In the AI SDK a result in a model's stream is always of a tool that the provider ran. A model of ours may be an agent
 * that runs tools of its own: a call of a tool that the caller did not offer is held back until its result says so, and
 * then both are marked as run by the provider. Where no result comes, the call is the caller's to answer.
 */
export class ToolWriter {
  readonly #offered: ReadonlySet<string>;
  readonly #inputs = new Set<string>();
  readonly #held = new Map<string, ToolCallEvent>();
  readonly #called = new Set<string>();
  readonly #asked = new Set<string>();

  /** @param offered the names of the tools that the caller runs. */
  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  inputDelta({ callId: id, name: toolName, delta, providerExecuted }: ToolInputDeltaEvent, write: WritePart): void {
    if (!this.#inputs.has(id)) {
      this.#inputs.add(id);
      const foreign = providerExecuted && !this.#offered.has(toolName) ? { dynamic: true } : {};
      write({ type: "tool-input-start", id, toolName, ...(providerExecuted && { providerExecuted }), ...foreign });
    }
    if (delta !== "") write({ type: "tool-input-delta", id, delta });
  }

  call(event: ToolCallEvent, write: WritePart): void {
    if (this.#inputs.delete(event.callId)) write({ type: "tool-input-end", id: event.callId });
    if (event.providerExecuted || this.#offered.has(event.name)) this.#writeCall(event, write);
    else this.#held.set(event.callId, event);
  }

  result(event: ToolResultEvent, write: WritePart): void {
    const { callId: toolCallId, name: toolName, output, isError, preliminary, providerExecuted, opaque } = event;
    const call = this.#held.get(toolCallId);
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
  approval({ callId, name, input }: ApprovalRequestEvent, write: WritePart): void {
    if (this.#asked.delete(callId)) return;
    const call = this.#held.get(callId);
    if (call !== undefined) this.#writeCall(call, write, true);
    else if (!this.#called.has(callId)) this.#writeCall({ type: "tool-call", callId, name, input }, write, true);
    write({ type: "tool-approval-request", approvalId: callId, toolCallId: callId });
  }

  /** A provider's own request for approval is about to be written, for this call. */
  asks(callId: string): void {
    this.#asked.add(callId);
  }

  /** Nothing more comes of these calls: those without a result are the caller's. */
  flush(write: WritePart): void {
    for (const call of [...this.#held.values()]) this.#writeCall(call, write);
    for (const id of this.#inputs) write({ type: "tool-input-end", id });
    this.#inputs.clear();
  }

  /** What was held back is void. */
  drop(): void {
    this.#held.clear();
  }

  #writeCall(event: ToolCallEvent, write: WritePart, ranHere = false): void {
    const { callId: toolCallId, name: toolName, input, invalid, opaque } = event;
    const providerExecuted = event.providerExecuted === true || ranHere;
    this.#held.delete(toolCallId);
    this.#called.add(toolCallId);
    write({
      type: "tool-call",
      toolCallId,
      toolName,
      input: invalid && typeof input === "string" ? input : JSON.stringify(input),
      ...(providerExecuted && { providerExecuted }),
      ...(providerExecuted && !this.#offered.has(toolName) && { dynamic: true }),
      ...annotation(writeMetadata(opaque, ranHere ? RAN_HERE : {})),
    });
  }
}
