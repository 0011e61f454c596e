import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";

/**
 * The places of items in a response's output. Some servers leave them out (llama.cpp): then an item's id says which one is
 * meant, and where there is none either it is the one that began last.
 */
export class ItemPlaces {
  readonly #byId = new Map<string, number>();
  #last = -1;
  /** Whether the item that began last has not ended. */
  #open = false;

  /** The place of an item that begins. */
  begin({ output_index: index, item }: JsonObject): number {
    this.#last = typeof index === "number" ? index : this.#last + 1;
    this.#open = true;
    for (const id of idsOf(item)) this.#byId.set(id, this.#last);
    return this.#last;
  }

  /** The place of the item that a piece belongs to. */
  of({ output_index: index, item_id: id }: JsonObject): number {
    if (typeof index === "number") return index;
    return (typeof id === "string" ? this.#byId.get(id) : undefined) ?? Math.max(0, this.#last);
  }

  /** The place of an item that is whole, whether or not it began before. */
  end({ output_index: index, item }: JsonObject): number {
    if (typeof index === "number") return index;
    const known = idsOf(item).flatMap((id) => this.#byId.get(id) ?? [])[0];
    if (known === undefined && !this.#open) this.#last++;
    const at = known ?? this.#last;
    if (at === this.#last) this.#open = false;
    return at;
  }

  /** Another response begins. */
  clear(): void {
    this.#byId.clear();
    this.#last = -1;
    this.#open = false;
  }
}

function idsOf(item: JsonValue | undefined): string[] {
  if (!isJsonObject(item)) return [];
  return [item.id, item.call_id].filter((id): id is string => typeof id === "string" && id !== "");
}
