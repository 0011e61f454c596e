import { nearest } from "../base/nearest.js";
import { describe, SluiceError } from "../stream/error.js";
import type { Caller } from "./protect/caller.js";

/** What is served beside chat models (embedding models, voices, transcribers), by name. */
export class Named<T> {
  readonly #what: string;
  readonly #byName: ReadonlyMap<string, T>;

  /** @param what they are, for errors. */
  constructor(what: string, byName: ReadonlyMap<string, T>) {
    this.#what = what;
    this.#byName = byName;
  }

  /** Those that a caller may ask, by their names. */
  names(caller: Caller): string[] {
    return [...this.#byName.keys()].filter((name) => caller.models?.has(name) ?? true);
  }

  /**
   * The one of a name.
   *
   * @throws {SluiceError} `unknown-model` with the nearest names; `permission` where the caller may not ask it.
   */
  find(name: string, caller: Caller): T {
    const found = this.#byName.get(name);
    if (found === undefined) {
      const names = this.names(caller);
      const near = nearest(name, names);
      const hint =
        near.length > 0
          ? `; did you mean ${near.join(" or ")}?`
          : names.length > 0
            ? `; there are ${names.slice(0, 20).join(", ")}`
            : "";
      throw new SluiceError("unknown-model", `there is no ${this.#what} ${describe(name)}${hint}`, {
        model: name,
        field: "model",
      });
    }
    if (caller.models?.has(name) ?? true) return found;
    throw new SluiceError("permission", `this key may not ask ${describe(name)}`, { model: name, field: "model" });
  }
}
