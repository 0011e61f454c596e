import type { JsonObject } from "../../base/json.js";
import type { StartEvent } from "../../stream/chat-event.js";
import type { Opaque } from "../../stream/opaque.js";
import type { Usage } from "../../stream/usage.js";
import { type Carried, writeCarried } from "../carried.js";
import type { WriterContext } from "../dialect.js";
import { isCall } from "./items.js";
import { inventedId } from "./opaque.js";
import { responseObject } from "./response-object.js";
import { writeUsage } from "./usage.js";
import { type WriteResponseEvent, WrittenItem } from "./written-item.js";

/**
 * A response that is being written, item by item: each has a beginning and an end with the whole of it, and so has the
 * response. One message or reasoning is open at a time, and goes on while its deltas come.
 */
export class WrittenResponse {
  /** The response as it stands: complete after `finish`. */
  readonly object: JsonObject;
  readonly #context: WriterContext;
  readonly #output: JsonObject[] = [];
  #start: StartEvent | undefined;
  #begun = false;
  #sequence = 0;
  #open: WrittenItem | undefined;

  constructor(context: WriterContext) {
    this.#context = context;
    this.object = responseObject(context, undefined);
  }

  /** Whether the client has seen any of it. */
  get begun(): boolean {
    return this.#begun;
  }

  /** A model begins to answer; a client that has seen nothing yet sees only the last that does. */
  start(event: StartEvent): void {
    if (!this.#begun) this.#start = event;
  }

  /** An id for the item that begins next. */
  nextId(prefix: string): string {
    return inventedId(prefix, this.#output.length);
  }

  /** An item begins; returns its place. */
  add(item: JsonObject, write: WriteResponseEvent): number {
    this.#begin(write);
    const at = this.#output.push(item) - 1;
    this.event({ type: "response.output_item.added", output_index: at, item }, write);
    return at;
  }

  /** An item is whole. */
  done(at: number, item: JsonObject, write: WriteResponseEvent): void {
    this.#output[at] = item;
    this.event({ type: "response.output_item.done", output_index: at, item }, write);
  }

  /** An item that has no pieces. */
  whole(item: JsonObject, write: WriteResponseEvent): void {
    this.close(write);
    this.done(this.add(isCall(item) ? { ...item, status: "in_progress" } : item, write), item, write);
  }

  /** State of another provider, in an item that a client brings back as it came. */
  carry(carried: Carried & { opaque: Opaque }, write: WriteResponseEvent): void {
    this.whole(
      { id: this.nextId("rs"), type: "reasoning", summary: [], encrypted_content: writeCarried(carried) },
      write,
    );
  }

  /** A message begins, with what must come back of it. */
  openMessage({ id, phase }: JsonObject, write: WriteResponseEvent): void {
    const fields = { id: id ?? this.nextId("msg"), type: "message", status: "in_progress", role: "assistant" };
    this.#openItem({ ...fields, ...(phase !== undefined && { phase }), content: [] }, write);
  }

  /** The open item of a type; opens one where another is open or none. */
  openOf(type: "message" | "reasoning", write: WriteResponseEvent): WrittenItem {
    if (this.#open?.item.type === type) return this.#open;
    if (type === "message") this.openMessage({}, write);
    else this.#openItem({ id: this.nextId("rs"), type, summary: [] }, write);
    return this.openOf(type, write);
  }

  /** Whether a text of a block is open. */
  goesOn(block: number | undefined): boolean {
    return this.#open?.item.type === "message" && this.#open.goesOn(block);
  }

  /** The open item is whole, if there is one. */
  close(write: WriteResponseEvent): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.done(open.at, open.close(this.writing(write)), write);
  }

  /** The response is over, for a reason that its status and details say. */
  finish(
    end: { status: string; incomplete_details: JsonObject | null },
    usage: Usage,
    write: WriteResponseEvent,
  ): void {
    this.#begin(write);
    const completed = this.#context.completed ?? Math.floor(Date.now() / 1_000);
    Object.assign(this.object, end, { completed_at: end.status === "completed" ? completed : null });
    Object.assign(this.object, { output: this.#output, usage: writeUsage(usage) });
    this.event({ type: `response.${end.status}`, response: this.object }, write);
  }

  /** The response has failed; what was written of it stays. */
  fail(code: string, message: string, write: WriteResponseEvent): void {
    this.#begin(write);
    Object.assign(this.object, { status: "failed", error: { code, message }, output: this.#output });
    this.event({ type: "response.failed", response: this.object }, write);
  }

  /** Writes an event with its number. */
  event(event: JsonObject & { type: string }, write: WriteResponseEvent): void {
    write({ ...event, sequence_number: this.#sequence++ });
  }

  /** The same, for an item that writes its own events. */
  writing(write: WriteResponseEvent): WriteResponseEvent {
    return (event) => this.event(event, write);
  }

  #begin(write: WriteResponseEvent): void {
    if (this.#begun) return;
    this.#begun = true;
    Object.assign(this.object, responseObject(this.#context, this.#start));
    this.event({ type: "response.created", response: this.object }, write);
    this.event({ type: "response.in_progress", response: this.object }, write);
  }

  #openItem(item: JsonObject, write: WriteResponseEvent): void {
    this.close(write);
    this.#open = new WrittenItem(item, this.add(item, write));
  }
}
