import { joinBytes } from "../base/join-bytes.js";
import { TextBuffer } from "../base/text-buffer.js";
import type {
  ChatEvent,
  DataEvent,
  FinishReason,
  InputRequestEvent,
  NestedEvent,
  ReasoningDeltaEvent,
  SourceEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "./chat-event.js";
import type { PartialAnswer } from "./error.js";
import type { AssistantMessage, AssistantPart, ChatMessage, OpaquePart, ToolResultPart } from "./message.js";
import { isSameInner, nestedKey } from "./nested-key.js";
import type { Opaque } from "./opaque.js";
import type { PlainText } from "./plain-text.js";
import type { AudioDeltaEvent } from "./speech-event.js";
import { addUsage, type Usage, updateUsage } from "./usage.js";

interface OpenPart {
  type: "text" | "reasoning";
  block: number | undefined;
  refusal: true | undefined;
  text: TextBuffer;
  opaque?: Opaque;
}

/** Sound that the model speaks itself. */
interface OpenAudio {
  type: "audio";
  mediaType: string;
  sampleRate: number | undefined;
  pieces: Uint8Array[];
  opaque?: Opaque;
}

type Entry = OpenPart | OpenAudio | { type: "done"; part: AssistantPart } | typeof STEP;

/** Stands where a model call begins. */
const STEP = { type: "step" } as const;

/** Turns events into the message they make up. Takes each event once; a `retract` takes back what it voids. */
export class Transcript {
  #entries: Entry[] = [];
  #open: OpenPart | undefined;
  #audio: OpenAudio | undefined;
  #toolCalls: ToolCallEvent[] = [];
  /** Whether the stream says where its model calls begin. */
  #stepped = false;
  /** What a `retract` goes back to. */
  #mark = { entries: 0, toolCalls: 0 };
  /** Usage of finished steps, and the running totals of the current call. */
  #spent: Usage = {};
  #current: Usage = {};
  /** Inner streams that are not finished. */
  #nested: Map<string, Transcript> | undefined;
  /** The inner stream of the last nested event. */
  #lastNested: { event: NestedEvent; inner: Transcript } | undefined;
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
      case "step-start":
        this.#stepped = true;
        this.#add(STEP);
        this.#setMark();
        return;
      case "start":
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
        this.#addPart(event);
        return;
      case "file":
        this.#addPart(event);
        return;
      case "tool-result":
        if (event.preliminary === undefined) this.#addBeside(event, event.providerExecuted === undefined);
        return;
      case "input-request":
        this.#addBeside(event, true);
        return;
      case "source":
        this.#addSource(event);
        return;
      case "data":
        this.#addData(event);
        return;
      case "nested":
        this.#pushNested(event);
        return;
      case "audio-delta":
        // What a voice reads is the text; what the model speaks itself is a part of its message.
        if (event.sentence === undefined) this.#pushAudio(event);
        return;
      case "tool-input-delta":
      case "sentence":
      case "context":
        return;
      default:
        event satisfies never;
    }
  }

  /** Takes the text deltas of a batch as one. */
  pushText({ text, block }: PlainText): void {
    if (!this.#retain) return;
    const open = this.#open;
    const continues =
      open !== undefined &&
      open.type === "text" &&
      open.block === block &&
      open.refusal === undefined &&
      open.opaque === undefined;
    if (!continues) this.#delta("text", { type: "text-delta", text, ...(block !== undefined && { block }) });
    else if (text !== "") open.text.push(text);
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
    const content: AssistantPart[] = [];
    for (const entry of this.#entries) if (entry.type !== "step") content.push(closePart(entry));
    return { role: "assistant", content };
  }

  /**
   * The same as messages to append to a history: results of tools that ran here stand in messages of their own.
   *
   * A tool may be done while the model is still speaking. Where the stream says where its model calls begin, what one
   * call emitted stays one message all the same, and the results of its tools follow in the order of the calls.
   */
  get messages(): ChatMessage[] {
    const messages: ChatMessage[] = [];
    let parts: AssistantPart[] = [];
    let results: ToolResultPart[] = [];
    const close = () => {
      if (parts.length > 0) messages.push({ role: "assistant", content: parts });
      if (results.length > 0) messages.push({ role: "tool", content: inCallOrder(results, parts) });
      parts = [];
      results = [];
    };
    for (const entry of this.#entries) {
      if (entry.type === "step") {
        close();
        continue;
      }
      const part = closePart(entry);
      if (part.type === "tool-result" && part.providerExecuted === undefined) {
        results.push(part);
        continue;
      }
      if (!this.#stepped && results.length > 0) close();
      parts.push(part);
    }
    close();
    return messages;
  }

  /** Over all calls of the stream, nested ones included, as far as known. */
  get usage(): Usage {
    if (this.#finish !== undefined) return this.#finish.usage;
    let usage = addUsage(this.#spent, this.#current);
    for (const inner of this.#nested?.values() ?? []) usage = addUsage(usage, inner.usage);
    return usage;
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

  /** @param ranHere whether a tool that runs here emitted it: the model may be in the middle of a text that goes on after it. */
  #addBeside(part: ToolResultEvent | InputRequestEvent | OpaquePart, ranHere: boolean): void {
    const open = this.#open;
    this.#addPart(part);
    if (this.#stepped && ranHere) this.#open = open;
  }

  /** A text that is cited goes on behind its sources: their spans point into the whole of it. */
  #addData({ name, opaque }: DataEvent): void {
    if (opaque !== undefined) this.#addBeside({ type: "opaque", name, opaque }, name === "tool/suspended");
  }

  #addSource({ source, block }: SourceEvent): void {
    const open = this.#open;
    this.#addPart({ type: "source", source });
    if (open?.type === "text" && (block === undefined || block === open.block)) this.#open = open;
  }

  /** Of an inner stream only the usage counts here. */
  #pushNested(event: NestedEvent): void {
    if (this.#lastNested !== undefined && event.event.type !== "finish" && isSameInner(this.#lastNested.event, event)) {
      this.#lastNested.inner.push(event.event);
      return;
    }
    const key = nestedKey(event);
    let inner = this.#nested?.get(key);
    if (inner === undefined) {
      inner = new Transcript(false);
      this.#nested ??= new Map();
      this.#nested.set(key, inner);
    }
    inner.push(event.event);
    this.#lastNested = { event, inner };
    if (event.event.type !== "finish") return;
    this.#lastNested = undefined;
    this.#nested?.delete(key);
    this.#spent = addUsage(this.#spent, event.event.usage);
  }

  /** Sound and its words come by turns: each goes on where it was. */
  #pushAudio(event: AudioDeltaEvent): void {
    if (!this.#retain) return;
    const { mediaType, sampleRate, opaque, data } = event;
    let audio = this.#audio;
    if (audio?.mediaType !== mediaType || audio.sampleRate !== sampleRate) {
      audio = { type: "audio", mediaType, sampleRate, pieces: [] };
      this.#audio = audio;
      this.#entries.push(audio);
    }
    audio.pieces.push(data);
    if (opaque !== undefined) audio.opaque = opaque;
  }

  #addPart(part: AssistantPart): void {
    this.#add({ type: "done", part });
  }

  #add(entry: Entry): void {
    if (!this.#retain) return;
    this.#open = undefined;
    this.#entries.push(entry);
  }

  #setMark(): void {
    this.#open = undefined;
    this.#audio = undefined;
    this.#mark = { entries: this.#entries.length, toolCalls: this.#toolCalls.length };
  }

  #retract(): void {
    this.#open = undefined;
    this.#audio = undefined;
    this.#entries.length = this.#mark.entries;
    this.#toolCalls.length = this.#mark.toolCalls;
    // What was retracted was paid for all the same.
    this.#spent = addUsage(this.#spent, this.#current);
    this.#current = {};
  }
}

function closeAudio({ mediaType, sampleRate, pieces, opaque }: OpenAudio): AssistantPart {
  const type = sampleRate === undefined ? mediaType : `${mediaType};rate=${sampleRate}`;
  return { type: "file", mediaType: type, data: joinBytes(pieces), ...(opaque && { opaque }) };
}

/** Results in the order of the calls that they answer; those of other calls first. */
function inCallOrder(results: ToolResultPart[], parts: readonly AssistantPart[]): ToolResultPart[] {
  if (results.length === 1) return results;
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part.callId] : []));
  return results.sort((a, b) => calls.indexOf(a.callId) - calls.indexOf(b.callId));
}

function closePart(entry: Exclude<Entry, typeof STEP>): AssistantPart {
  if (entry.type === "done") return entry.part;
  if (entry.type === "audio") return closeAudio(entry);
  const { type, opaque, refusal } = entry;
  const text = entry.text.toString();
  const sealed = opaque === undefined ? {} : { opaque };
  if (type === "reasoning") return { type, text, ...sealed };
  return { type, text, ...(refusal && { refusal }), ...sealed };
}
