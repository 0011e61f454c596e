import type { ChatEvent, NestedEvent } from "../../stream/chat-event.js";
import { nestedKey } from "../../stream/nested-key.js";
import { addUsage, subtractUsage, totalTokens, type Usage, updateUsage } from "../../stream/usage.js";
import { cost, priceRow } from "./cost.js";
import { defaultPrices } from "./default-prices.js";
import type { PriceTable } from "./price-table.js";
import { priceTable } from "./price-table.js";

/**
 * Adds up what a stream costs, call by call, each by the prices of the model that answered it. The sum is unknown as soon
 * as one part of it is.
 */
export class CostMeter {
  #asked: string;
  readonly #table: PriceTable;
  #model: string;
  /** Of calls that are over; `undefined` once one of them is unknown. */
  #spent: number | undefined = 0;
  #current: Usage = {};
  #stepped = false;
  /** Whether a call runs that is not booked yet. */
  #running = false;
  /** Whether the usage at the end is that of several calls, each of which was booked before. */
  #retracted = false;
  /** Of inner streams that are not over; made when there is one. */
  #nested: Map<string, CostMeter> | undefined;
  /** Of inner streams that are over. */
  #innerUsage: Usage | undefined;
  /** Whether a change of models stands before what follows, of which the retraction has booked what came before. */
  #changing = false;

  /**
   * @param modelId the model that is asked, as `ChatModel.id` has it.
   * @param table default: the built-in one, with the rows of the file `SLUICE_PRICES` before it.
   * @throws {SluiceError} `invalid-argument` for what is no price table.
   */
  constructor(modelId: string, table: PriceTable = defaultPrices()) {
    priceTable(table, "table");
    this.#asked = modelId;
    this.#model = modelId;
    this.#table = table;
  }

  /**
   * Another model is asked in its place, before it begins: what a route has chosen.
   *
   * @param modelId as `ChatModel.id` has it.
   */
  ask(modelId: string): void {
    this.#asked = modelId;
  }

  /** Books one event of the stream. */
  push(event: ChatEvent): void {
    switch (event.type) {
      case "step-start":
        this.#stepped = true;
        this.#begin(event.model);
        return;
      case "start":
        this.#begin(event.model);
        return;
      case "usage":
        this.#current = updateUsage(this.#current, event.usage);
        return;
      case "step-finish":
        this.#book(event.usage);
        return;
      case "retract":
        this.#book(this.#current);
        this.#retracted = true;
        this.#changing = true;
        return;
      case "data":
        // What the model that failed has used is in the totals of the next one, and cannot be distinguished from them.
        if (event.name === "fallback/model" && !this.#changing) this.#spent = undefined;
        if (event.name === "fallback/model") this.#changing = false;
        return;
      case "nested":
        this.#pushNested(event);
        return;
      case "finish":
        if (!this.#stepped) this.#bookWhole(event.usage);
        return;
      default:
    }
  }

  /** In USD, until now; `undefined` where it is not known, as while a call runs that has not reported its usage. */
  get total(): number | undefined {
    let total = this.#own;
    for (const inner of this.#nested?.values() ?? []) {
      if (total === undefined || inner.total === undefined) return undefined;
      total += inner.total;
    }
    return total;
  }

  /** Of the stream's own calls, and of inner streams that are over. */
  get #own(): number | undefined {
    if (!this.#running || this.#spent === undefined) return this.#spent;
    const running = cost(this.#current, this.#model, this.#table);
    return running === undefined ? undefined : this.#spent + running;
  }

  /** Inner streams have models of their own, and are priced by them. */
  #pushNested(event: NestedEvent): void {
    const key = nestedKey(event);
    let inner = this.#nested?.get(key);
    if (inner === undefined) {
      // What is void of another process, or of a stream that is over, was paid for there.
      if (event.event.type === "retract") return;
      inner = new CostMeter("", this.#table);
      this.#nested ??= new Map();
      this.#nested.set(key, inner);
    }
    inner.push(event.event);
    if (event.event.type !== "finish") return;
    this.#nested?.delete(key);
    this.#innerUsage = addUsage(this.#innerUsage ?? {}, event.event.usage);
    const { total } = inner;
    this.#spent = this.#spent === undefined || total === undefined ? undefined : this.#spent + total;
  }

  #begin(model: string): void {
    this.#model = this.#priced(model);
    // The frame of a stream of several calls uses nothing itself: each call begins with its own step.
    this.#running = true;
  }

  /** Books a stream without steps, which may have made no call itself: all that it used was used inside. */
  #bookWhole(usage: Usage): void {
    const own = this.#retracted
      ? this.#current
      : this.#innerUsage === undefined
        ? usage
        : subtractUsage(usage, this.#innerUsage);
    if (this.#innerUsage !== undefined && !totalTokens(own)) this.#running = false;
    else this.#book(own);
  }

  #book(usage: Usage): void {
    const part = cost(usage, this.#model, this.#table);
    this.#spent = this.#spent === undefined || part === undefined ? undefined : this.#spent + part;
    this.#current = {};
    this.#running = false;
  }

  /** The id to look up: the provider's name for what answered, under the provider that was asked, where that has a price. */
  #priced(answering: string): string {
    const provider = this.#asked.slice(0, this.#asked.indexOf("/") + 1);
    const ids = [provider + answering, this.#asked, answering];
    return ids.find((id) => priceRow(id, this.#table) !== undefined) ?? answering;
  }
}
