import type { BatchReader } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type {
  AiSdkVersion,
  ContentOf,
  Generated,
  PartV2,
  PartV3,
  PartV4,
  ProviderMetadata,
  ToolCallContent,
} from "./language-model.js";
import { annotation, RAN_HERE, writeMetadata } from "./metadata.js";
import type { PartsOf } from "./versions.js";

/** A part of any version. */
type AnyPart = PartV2 | PartV3 | PartV4;
type Block = Extract<ContentOf<AnyPart>, { type: "text" | "reasoning" }>;

/** The events of an answer that is given whole: what was taken back is not among them. */
export async function keptEvents(reader: BatchReader): Promise<ChatEvent[]> {
  let kept: ChatEvent[] = [];
  /** What a `retract` goes back to. */
  let mark = 0;
  for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
    for (const event of batch) {
      if (event.type === "retract") kept = kept.slice(0, mark);
      else kept.push(event);
      if (event.type === "start" || event.type === "step-start") mark = kept.length;
    }
  }
  return kept;
}

/**
 * The parts of a stream as the answer that `doGenerate` gives. A call that waited for a decision has its result in the
 * answer after it; the AI SDK refuses a result without its call there, so the call is repeated.
 *
 * @param asked the conversation that was answered.
 */
export function wholeAnswer<V extends AiSdkVersion>(
  parts: readonly PartsOf[V][],
  asked: readonly ChatMessage[],
): Generated<PartsOf[V]> {
  // The fields of a version's parts are those of its answers, which the compiler cannot see of all versions at once.
  return collect(parts, asked) as Generated<AnyPart> as Generated<PartsOf[V]>;
}

function collect(parts: readonly AnyPart[], asked: readonly ChatMessage[]): Generated<AnyPart> {
  const content = new Content(asked);
  let warnings: Generated<AnyPart>["warnings"] = [];
  let response: Generated<AnyPart>["response"];
  for (const part of parts) {
    switch (part.type) {
      case "stream-start":
        warnings = part.warnings;
        break;
      case "response-metadata": {
        const { type: _, ...metadata } = part;
        response = metadata;
        break;
      }
      case "finish": {
        const { type: _, ...end } = part;
        return { content: content.list, ...end, ...(response !== undefined && { response }), warnings };
      }
      default:
        content.push(part);
    }
  }
  throw new SluiceError("protocol", "the answer has no finish");
}

/** The content of an answer: its texts put together, and each result behind its call. */
class Content {
  readonly list: ContentOf<AnyPart>[] = [];
  readonly #asked: readonly ChatMessage[];
  readonly #called = new Set<string>();
  readonly #open = new Map<string, Block>();

  constructor(asked: readonly ChatMessage[]) {
    this.#asked = asked;
  }

  push(part: Exclude<AnyPart, { type: "stream-start" | "response-metadata" | "finish" }>): void {
    switch (part.type) {
      case "text-start":
      case "reasoning-start": {
        const block = begin(part.type === "text-start" ? "text" : "reasoning", part.providerMetadata);
        this.#open.set(part.id, block);
        this.list.push(block);
        return;
      }
      case "text-delta":
      case "reasoning-delta": {
        const block = this.#open.get(part.id);
        if (block !== undefined) block.text += part.delta;
        return;
      }
      case "text-end":
      case "reasoning-end": {
        const block = this.#open.get(part.id);
        if (block !== undefined && part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata;
        return;
      }
      case "tool-input-start":
      case "tool-input-delta":
      case "tool-input-end":
      case "raw":
      case "error":
        return;
      case "tool-call":
        this.#called.add(part.toolCallId);
        this.list.push(part);
        return;
      case "tool-result":
        this.#result(part);
        return;
      default:
        this.list.push(part);
    }
  }

  #result(part: Extract<AnyPart, { type: "tool-result" }>): void {
    const call = this.#called.has(part.toolCallId) ? undefined : earlierCall(part.toolCallId, this.#asked);
    if (call !== undefined) this.list.push(call);
    this.#called.add(part.toolCallId);
    this.list.push(part);
  }
}

function earlierCall(toolCallId: string, asked: readonly ChatMessage[]): ToolCallContent | undefined {
  for (const { role, content } of asked) {
    if (role !== "assistant" || typeof content === "string") continue;
    const call = content.find((part) => part.type === "tool-call" && part.callId === toolCallId);
    if (call?.type !== "tool-call") continue;
    const { name: toolName, input, opaque } = call;
    return {
      type: "tool-call",
      toolCallId,
      toolName,
      input: JSON.stringify(input),
      providerExecuted: true,
      dynamic: true,
      ...annotation(writeMetadata(opaque, RAN_HERE)),
    };
  }
  return undefined;
}

function begin(type: Block["type"], metadata: ProviderMetadata | undefined): Block {
  return { type, text: "", ...annotation(metadata) };
}
