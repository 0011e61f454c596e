import { type JsonValue, parseJson } from "../../base/json.js";
import { LazyAbort } from "../../base/lazy-abort.js";
import type { Batch } from "../../stream/batch-source.js";
import type {
  ChatEvent,
  NestedEvent,
  ReasoningDeltaEvent,
  TextDeltaEvent,
  ToolCallEvent,
  ToolInputDeltaEvent,
} from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { nestedKey } from "../../stream/nested-key.js";
import type { Transform } from "../../stream/sources/transform.js";
import { inputText } from "../../stream/tool-text.js";
import { Transcript } from "../../stream/transcript.js";
import { type Usage, updateUsage } from "../../stream/usage.js";
import { guardFailed } from "../guard-failed.js";
import { isBeside } from "../is-beside.js";
import { CheckedPieces, type Piece } from "./checked-pieces.js";
import type { CheckSettings, Verdict } from "./define-guard.js";
import { readVerdict } from "./read-verdict.js";

/** What of JSON says nothing. */
const SIGNS = /^[\s{}[\]:,"]*$/;

/** How many characters before a piece its check is shown. */
const BEFORE = 200;

/** The text or reasoning that is being emitted. */
interface OpenPart {
  like: TextDeltaEvent | ReasoningDeltaEvent;
  pieces: CheckedPieces;
  before: string;
  replaced: boolean;
}

/** Lets an answer pass piece by piece, each after its check. */
export class CheckedAnswer implements Transform {
  readonly #settings: CheckSettings;
  readonly #left = new LazyAbort();
  /** Keeps nothing of the answer but its usage. */
  readonly #transcript = new Transcript(false);
  #part: OpenPart | undefined;
  readonly #inputs = new Map<string, ToolInputDeltaEvent[]>();
  #step: number | undefined;
  #stepUsage: Usage = {};
  #out: ChatEvent[] = [];
  #over = false;
  #ended: string | undefined;
  /** Inner streams that are not over, each with its last event. */
  readonly #nested = new Map<string, { event: NestedEvent; answer: CheckedAnswer }>();

  constructor(settings: CheckSettings) {
    this.#settings = settings;
  }

  push(batch: Batch): Batch | Promise<Batch> {
    for (let at = 0; at < batch.length && !this.#over; at++) {
      const checked = this.#push(batch[at] as ChatEvent);
      if (checked !== undefined) return this.#pushRest(checked, batch, at + 1);
    }
    return this.#take();
  }

  async fail(): Promise<Batch> {
    for (const { event, answer } of this.#nested.values()) this.#passNested(event, answer, await answer.fail());
    await this.#closePart();
    return this.#take();
  }

  cancel(reason: unknown): void {
    this.#over = true;
    this.#left.abort(reason);
    for (const { answer } of this.#nested.values()) answer.cancel(reason);
  }

  async #pushRest(checked: Promise<void>, batch: Batch, from: number): Promise<Batch> {
    await checked;
    for (let at = from; at < batch.length && !this.#over; at++) {
      const next = this.#push(batch[at] as ChatEvent);
      if (next !== undefined) await next;
    }
    return this.#take();
  }

  #take(): Batch {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Takes an event; a promise where something must be checked. */
  #push(event: ChatEvent): Promise<void> | undefined {
    this.#transcript.push(event);
    const { channels } = this.#settings;
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        return this.#pushDelta(event, channels.includes(event.type === "text-delta" ? "text" : "reasoning"));
      case "tool-input-delta":
        if (!channels.includes("tool-call")) return this.#after(event);
        this.#inputs.set(event.callId, [...(this.#inputs.get(event.callId) ?? []), event]);
        return this.#closePart();
      case "tool-call":
        return channels.includes("tool-call") ? this.#pushCall(event) : this.#after(event);
      case "usage":
        this.#stepUsage = updateUsage(this.#stepUsage, event.usage);
        this.#out.push(event);
        return undefined;
      case "context":
        this.#out.push(event);
        return undefined;
      case "retract":
        this.#part = undefined;
        this.#inputs.clear();
        this.#out.push(event);
        return undefined;
      case "data":
        if (event.opaque !== undefined) return this.#after(event);
        this.#out.push(event);
        return undefined;
      case "input-request":
      case "tool-result":
        if (!isBeside(event, this.#step !== undefined)) return this.#after(event);
        this.#out.push(event);
        return undefined;
      case "nested":
        return this.#pushNested(event);
      default:
        this.#follow(event);
        return this.#after(event);
    }
  }

  /** Inner streams are checked apart from what is around them. */
  #pushNested(event: NestedEvent): Promise<void> | undefined {
    const key = nestedKey(event);
    const { answer } = this.#nested.get(key) ?? { answer: new CheckedAnswer(this.#settings) };
    if (event.event.type === "finish") this.#nested.delete(key);
    else this.#nested.set(key, { event, answer });
    const passed = answer.push([event.event]);
    if (passed instanceof Promise) return passed.then((batch) => this.#passNested(event, answer, batch));
    this.#passNested(event, answer, passed);
    return undefined;
  }

  /** What the guard ends inside ends the whole answer: it would come back as the result of a tool. */
  #passNested(event: NestedEvent, { ended }: CheckedAnswer, passed: Batch): void {
    if (this.#over) return;
    for (const inner of passed) this.#out.push(inner === event.event ? event : { ...event, event: inner });
    if (ended !== undefined) this.#end("block", ended);
  }

  /** Why the guard ended the answer, where it did. */
  get ended(): string | undefined {
    return this.#ended;
  }

  #follow(event: ChatEvent): void {
    if (event.type === "step-start") {
      this.#step = event.step;
      this.#stepUsage = {};
    } else if (event.type === "step-finish") this.#step = undefined;
  }

  /** An event that ends the part before it. */
  #after(event: ChatEvent): Promise<void> | undefined {
    if (this.#part === undefined) {
      this.#out.push(event);
      return undefined;
    }
    return this.#closePart().then(() => {
      if (!this.#over) this.#out.push(event);
    });
  }

  #pushDelta(event: TextDeltaEvent | ReasoningDeltaEvent, checked: boolean): Promise<void> | undefined {
    if (!checked) return this.#after(event);
    const part = this.#part;
    const { opaque } = event;
    if (part !== undefined && opaque === undefined && sameText(part.like, event)) {
      const pieces = part.pieces.push(event.text);
      return pieces.length === 0 ? undefined : this.#checkAll(part, pieces);
    }
    return this.#pushOther(event);
  }

  /** A delta that begins a part or ends one. */
  async #pushOther(event: TextDeltaEvent | ReasoningDeltaEvent): Promise<void> {
    if (this.#part !== undefined && !sameText(this.#part.like, event)) await this.#closePart();
    if (this.#over) return;
    const { opaque, ...plain } = event;
    this.#part ??= {
      like: plain,
      pieces: new CheckedPieces(this.#settings.unit, this.#settings.longest),
      before: "",
      replaced: false,
    };
    const part = this.#part;
    await this.#checkAll(part, part.pieces.push(event.text));
    if (opaque === undefined || this.#over) return;
    await this.#closePart();
    if (this.#over) return;
    if (event.type === "text-delta" || !part.replaced) this.#out.push({ ...event, text: "" });
    else this.#reportVerdict("opaque-dropped", "the provider's state belongs to reasoning whose text was changed");
  }

  async #closePart(): Promise<void> {
    const part = this.#part;
    if (part === undefined) return;
    this.#part = undefined;
    const rest = part.pieces.end();
    if (rest.length > 0) await this.#checkAll(part, rest);
  }

  async #checkAll(part: OpenPart, pieces: readonly Piece[]): Promise<void> {
    const channel = part.like.type === "text-delta" ? "text" : "reasoning";
    for (const { text, written, kind } of pieces) {
      const silent = text.trim() === "" || (kind === "structure" && SIGNS.test(text));
      const checked = silent ? undefined : this.#check(channel, text, part.before);
      const verdict = checked instanceof Promise ? await checked : checked;
      const passed = this.#judge(text, verdict);
      if (passed === undefined) return;
      part.replaced ||= passed !== text;
      part.before = (part.before + passed).slice(-BEFORE);
      const emitted = passed === text ? written : kind === "string" ? JSON.stringify(passed).slice(1, -1) : passed;
      if (emitted !== "") this.#out.push({ ...part.like, text: emitted });
    }
  }

  async #pushCall(event: ToolCallEvent): Promise<void> {
    await this.#closePart();
    if (this.#over) return;
    const deltas = this.#inputs.get(event.callId) ?? [];
    this.#inputs.delete(event.callId);
    const text = inputText(event);
    const passed = this.#judge(text, await this.#check("tool-call", text, "", event.name));
    if (passed === undefined) return;
    if (passed === text) {
      this.#out.push(...deltas, event);
      return;
    }
    const { invalid: _, ...call } = event;
    const [first] = deltas;
    if (first !== undefined) this.#out.push({ ...first, delta: passed });
    this.#out.push({ ...call, input: this.#parse(passed) });
  }

  #parse(text: string): JsonValue {
    try {
      return parseJson(text);
    } catch (cause) {
      const { name } = this.#settings;
      throw new SluiceError("protocol", `the guard ${name} replaced the arguments of a tool with what is no JSON`, {
        cause,
      });
    }
  }

  #check(channel: "text" | "reasoning" | "tool-call", text: string, before: string, tool?: string) {
    const piece = { direction: "output" as const, channel, text, before, ...(tool !== undefined && { tool }) };
    const { name, check } = this.#settings;
    const failed = (thrown: unknown): never => {
      throw guardFailed(name, thrown);
    };
    try {
      const verdict = check(piece, this.#left.signal);
      if (!(verdict instanceof Promise)) return readVerdict(verdict, name);
      return verdict.then((value) => readVerdict(value, name)).catch(failed);
    } catch (thrown) {
      return failed(thrown);
    }
  }

  /** What may be emitted; `undefined` when the answer is over. */
  #judge(text: string, verdict: Verdict): string | undefined {
    // The reader left while the check ran.
    if (this.#over) return undefined;
    if (verdict === undefined) return text;
    if (verdict.action === "replace") {
      if (verdict.reason !== undefined) this.#reportVerdict("replace", verdict.reason);
      return verdict.text;
    }
    this.#end(verdict.action, verdict.reason);
    return undefined;
  }

  #reportVerdict(action: string, reason: string): void {
    this.#out.push({ type: "data", name: "guard/verdict", value: { guard: this.#settings.name, action, reason } });
  }

  #end(action: "block" | "retract", reason: string): void {
    this.#over = true;
    this.#ended = reason;
    this.#reportVerdict(action, reason);
    if (action === "retract") this.#out.push({ type: "retract", reason });
    if (this.#step !== undefined) {
      this.#out.push({ type: "step-finish", step: this.#step, reason: "content-filter", usage: this.#stepUsage });
    }
    this.#out.push({ type: "finish", reason: "content-filter", usage: this.#transcript.usage });
  }
}

function sameText(part: TextDeltaEvent | ReasoningDeltaEvent, event: TextDeltaEvent | ReasoningDeltaEvent): boolean {
  if (part.type !== event.type || part.block !== event.block) return false;
  return part.type === "reasoning-delta" || event.type === "reasoning-delta" || part.refusal === event.refusal;
}
