import { nearest } from "../base/nearest.js";
import type { ChatModel } from "../stream/chat-model.js";
import { describe, SluiceError } from "../stream/error.js";
import type { Caller } from "./protect/caller.js";

/** What is served under a name. */
export type ServedKind = "model" | "route" | "agent" | "workflow";

/** A chat model under the name that clients ask for. */
export interface ServedModel {
  readonly name: string;
  readonly kind: ServedKind;
  readonly model: ChatModel;
}

/** Other names for what is served; `*` stands for every unknown name. */
export type Aliases = Readonly<Record<string, string>>;

/** Everything that a server answers with, by name. */
export class ServedModels {
  readonly #byName = new Map<string, ServedModel>();
  readonly #aliases: ReadonlyMap<string, string>;

  /** @throws {SluiceError} `invalid-argument` for a name that is taken, or an alias of what there is not. */
  constructor(served: readonly ServedModel[], aliases: Aliases = {}) {
    for (const one of served) {
      if (this.#byName.has(one.name))
        throw refused(`${one.kind}s`, `there are two that are named ${describe(one.name)}`);
      this.#byName.set(one.name, one);
    }
    this.#aliases = new Map(Object.entries(aliases));
    for (const [alias, name] of this.#aliases) {
      if (this.#byName.has(alias)) throw refused(`aliases.${alias}`, "something is served under this name");
      if (!this.#byName.has(name))
        throw refused(`aliases.${alias}`, `${describe(name)} is not served${this.#hint(name)}`);
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** Those that a caller may ask, in the order in which they were given. */
  list(caller: Caller): ServedModel[] {
    return [...this.#byName.values()].filter(({ name }) => caller.models?.has(name) ?? true);
  }

  /** The names that a caller may ask for, aliases included. */
  names(caller: Caller): string[] {
    const own = this.list(caller).map(({ name }) => name);
    const aliases = [...this.#aliases].filter(([alias, name]) => alias !== "*" && own.includes(name));
    return [...own, ...aliases.map(([alias]) => alias)];
  }

  /** Whether a caller may ask for a name. */
  has(name: string, caller: Caller): boolean {
    const found = this.#byName.get(name) ?? this.#byName.get(this.#aliases.get(name) ?? this.#aliases.get("*") ?? "");
    return found !== undefined && (caller.models?.has(found.name) ?? true);
  }

  /**
   * What is served under a name, or an alias; the first that the caller may ask where the name is absent.
   *
   * @throws {SluiceError} `unknown-model` with the nearest names, `permission` where the caller may not ask it.
   */
  find(name: string | undefined, caller: Caller): ServedModel {
    const [first] = this.list(caller);
    if (name === undefined && first !== undefined) return first;
    const asked = name ?? "";
    const found = this.#byName.get(asked) ?? this.#byName.get(this.#aliases.get(asked) ?? this.#aliases.get("*") ?? "");
    if (found === undefined) {
      const message = `there is no model ${describe(asked)}${this.#hint(asked, this.names(caller))}`;
      throw new SluiceError("unknown-model", message, { model: asked, field: "model" });
    }
    if (caller.models?.has(found.name) ?? true) return found;
    throw new SluiceError("permission", `this key may not ask ${describe(asked)}`, { model: asked, field: "model" });
  }

  #hint(name: string, names: readonly string[] = [...this.#byName.keys()]): string {
    const near = nearest(name, names);
    if (near.length > 0) return `; did you mean ${near.join(" or ")}?`;
    return names.length === 0 ? "" : `; there are ${names.slice(0, 20).join(", ")}`;
  }
}

function refused(field: string, message: string): SluiceError {
  return new SluiceError("invalid-argument", `${field}: ${message}`, { field });
}
