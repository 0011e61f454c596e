import type { JsonObject } from "../base/json.js";
import type { Emit } from "../stream/chat-event.js";
import { providerData } from "../stream/data-name.js";
import { EarlyEvents } from "./early-events.js";

/**
 * What a service says beyond the protocol, as `data` events: the findings of Azure's filter, the tools that Groq ran,
 * Perplexity's related questions. Some repeat it in each chunk; it is reported when it changes, and after the first content,
 * so that a call whose answer has not begun can be made again.
 */
export class ExtraFacts {
  /** Made when it is needed: most answers have none. */
  #emitted: Map<string, string> | undefined;
  readonly #early = new EarlyEvents();

  /** @param known the fields that have events of their own, or say only how the answer was made. */
  push(object: JsonObject, known: readonly string[], emit: Emit): void {
    for (const name in object) {
      const value = object[name];
      if (value === null || value === undefined || value === "" || name === "" || known.includes(name)) continue;
      const text = JSON.stringify(value);
      if (text === "{}" || text === "[]" || this.#emitted?.get(name) === text) continue;
      this.#emitted ??= new Map();
      this.#emitted.set(name, text);
      this.#early.push({ type: "data", name: providerData(name), value }, emit);
    }
  }

  /** Content came, or the answer is over: emits what was kept. */
  release(emit: Emit): void {
    this.#early.release(emit);
  }
}
