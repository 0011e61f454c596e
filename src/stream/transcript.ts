import type {
  ChatEvent,
  FinishReason,
  Opaque,
  ReasoningDeltaEvent,
  TextDeltaEvent,
  ToolCallEvent,
} from "./chat-event.js";
import type { PartialAnswer } from "./error.js";
import type { AssistantMessage, AssistantPart, ChatMessage, ToolResultPart } from "./message.js";
import { TextBuffer } from "./text-buffer.js";
import { addUsage, type Usage, updateUsage } from "./usage.js";

interface OpenPart {
  type: "text" | "reasoning";
  block: number | undefined;
  refusal: true | undefined;
  text: TextBuffer;
  opaque?: Opaque;
}

type Entry = OpenPart | { type: "done"; part: AssistantPart };

/** Turns events into the message they make up. Takes each event once; a `retract` takes back what it voids. */
export class Transcript {
  #entries: Entry[] = [];
  #open: OpenPart | undefined;
  #toolCalls: ToolCallEvent[] = [];
  /** What a `retract` goes back to. */
  #mark = { entries: 0, toolCalls: 0 };
  /** Usage of finished steps, and the running totals of the current call. */
  #spent: Usage = {};
  #current: Usage = {};
  #finish: { reason: FinishReason; usage: Usage } | undefined;
  readonly #retain: boolean;

  /** @param retain `false` keeps only usage and the finish reason. */
  constructor(retain: boolean) {
    this.#retain = retain;
  }

  push(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
        if (this.#retain) this.#delta("text", event);
        return;
      case "reasoning-delta":
        if (this.#retain) this.#delta("reasoning", event);
        return;
      case "start":
      case "step-start":
        this.#setMark();
        return;
      case "retract":
        this.#retract();
        return;
      case "usage":
        this.#current = updateUsage(this.#current, event.usage);
        return;
      case "step-finish":
        this.#spent = addUsage(this.#spent, event.usage);
        this.#current = {};
        return;
      case "finish":
        this.#finish = { reason: event.reason, usage: event.usage };
        return;
      case "tool-call":
        if (this.#retain) this.#toolCalls.push(event);
        this.#add(event);
        return;
      case "tool-result":
        if (event.preliminary === undefined) this.#add(event);
        return;
      case "source":
        this.#add({ type: "source", source: event.source });
        return;
      case "file":
        this.#add(event);
        return;
      case "data":
        if (event.opaque !== undefined) this.#add({ type: "opaque", name: event.name, opaque: event.opaque });
        return;
      case "tool-input-delta":
      case "approval-request":
      case "context":
        return;
      default:
        event satisfies never;
    }
  }

  /** The text that was not retracted. */
  get text(): string {
    let text = "";
    for (const entry of this.#entries) {
      if (entry.type === "text") text += entry.text.toString();
    }
    return text;
  }

  /** Everything that was not retracted, as one message. */
  get message(): AssistantMessage {
    return { role: "assistant", content: this.#entries.map(closePart) };
  }

  /** The same as messages to append to a history: results of tools that ran here stand in messages of their own. */
  get messages(): ChatMessage[] {
    const messages: ChatMessage[] = [];
    let assistant: AssistantPart[] | undefined;
    let results: ToolResultPart[] | undefined;
    for (const entry of this.#entries) {
      const part = closePart(entry);
      if (part.type === "tool-result" && part.providerExecuted === undefined) {
        assistant = undefined;
        if (results === undefined) {
          results = [];
          messages.push({ role: "tool", content: results });
        }
        results.push(part);
      } else {
        results = undefined;
        if (assistant === undefined) {
          assistant = [];
          messages.push({ role: "assistant", content: assistant });
        }
        assistant.push(part);
      }
    }
    return messages;
  }

  /** Over all calls of the stream, as far as known. */
  get usage(): Usage {
    return this.#finish?.usage ?? addUsage(this.#spent, this.#current);
  }

  /** `undefined` until the stream is finished. */
  get finishReason(): FinishReason | undefined {
    return this.#finish?.reason;
  }

  /** What to say had arrived, when the stream fails now. */
  get partial(): PartialAnswer {
    return { text: this.text, toolCalls: [...this.#toolCalls], usage: this.usage };
  }

  #delta(type: "text" | "reasoning", event: TextDeltaEvent | ReasoningDeltaEvent): void {
    const refusal = event.type === "text-delta" ? event.refusal : undefined;
    let open = this.#open;
    // State of the provider seals the part it came with: what follows is another part.
    const continues =
      open !== undefined &&
      open.type === type &&
      open.block === event.block &&
      open.refusal === refusal &&
      open.opaque === undefined;
    if (open === undefined || !continues) {
      if (event.text === "" && event.opaque === undefined) return;
      open = { type, block: event.block, refusal, text: new TextBuffer() };
      this.#entries.push(open);
      this.#open = open;
    }
    if (event.text !== "") open.text.push(event.text);
    if (event.opaque !== undefined) open.opaque = event.opaque;
  }

  #add(part: AssistantPart): void {
    if (!this.#retain) return;
    this.#open = undefined;
    this.#entries.push({ type: "done", part });
  }

  #setMark(): void {
    this.#open = undefined;
    this.#mark = { entries: this.#entries.length, toolCalls: this.#toolCalls.length };
  }

  #retract(): void {
    this.#open = undefined;
    this.#entries.length = this.#mark.entries;
    this.#toolCalls.length = this.#mark.toolCalls;
    // What was retracted was paid for all the same.
    this.#spent = addUsage(this.#spent, this.#current);
    this.#current = {};
  }
}

function closePart(entry: Entry): AssistantPart {
  if (entry.type === "done") return entry.part;
  const { type, opaque, refusal } = entry;
  const text = entry.text.toString();
  const sealed = opaque === undefined ? {} : { opaque };
  if (type === "reasoning") return { type, text, ...sealed };
  return { type, text, ...(refusal && { refusal }), ...sealed };
}
