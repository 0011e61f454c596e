import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * The places of items in a response's output. Some servers leave them out (llama.cpp): then an item's id says which one is
 * meant, and if there is none either it is the one that began last. Others say the same place of several that are open
 * at once: then ids count, and each has a place of its own.
 */
export class ItemPlaces {
  readonly #byId = new Map<string, number>();
  /** The ids of the items that are open, by their places. */
  readonly #open = new Map<number, readonly string[]>();
  /** The place that an index means, where it is another. */
  readonly #byIndex = new Map<number, number>();
  #last = -1;
  #highest = -1;

  /** Whether several items that are open have one index: then it does not say which is meant. */
  get ambiguous(): boolean {
    return this.#byIndex.size > 0;
  }

  /** The place of an item that begins. */
  begin({ output_index: index, item }: JsonObject): number {
    const ids = idsOf(item);
    const place = typeof index === "number" ? this.#placeFor(index, ids) : this.#last + 1;
    this.#last = place;
    this.#highest = Math.max(this.#highest, place);
    this.#open.set(place, ids);
    for (const id of ids) this.#byId.set(id, place);
    return place;
  }

  /** The place of the item that a piece belongs to. */
  of({ output_index: index, item_id: id }: JsonObject): number {
    const identified = typeof id === "string" ? this.#byId.get(id) : undefined;
    if (typeof index !== "number") return identified ?? Math.max(0, this.#last);
    return this.ambiguous ? (identified ?? this.#byIndex.get(index) ?? index) : index;
  }

  /** The place of an item that is whole, whether or not it began before. */
  end({ output_index: index, item }: JsonObject): number {
    const known = idsOf(item).flatMap((id) => this.#byId.get(id) ?? [])[0];
    if (typeof index === "number") {
      const place = this.ambiguous ? (known ?? this.#byIndex.get(index) ?? index) : index;
      this.#open.delete(place);
      return place;
    }
    if (known === undefined && !this.#open.has(this.#last)) this.#last++;
    const place = known ?? this.#last;
    this.#open.delete(place);
    return place;
  }

  /** Another response begins. */
  clear(): void {
    this.#byId.clear();
    this.#open.clear();
    this.#byIndex.clear();
    this.#last = -1;
    this.#highest = -1;
  }

  #placeFor(index: number, ids: readonly string[]): number {
    const open = this.#open.get(index);
    const another = open !== undefined && open.length > 0 && ids.length > 0 && !ids.some((id) => open.includes(id));
    if (!another && !(this.ambiguous && index <= this.#highest)) return index;
    const place = this.#highest + 1;
    this.#byIndex.set(index, place);
    return place;
  }
}

function idsOf(item: JsonValue | undefined): string[] {
  if (!isJsonObject(item)) return [];
  return [item.id, item.call_id].filter((id): id is string => typeof id === "string" && id !== "");
}
