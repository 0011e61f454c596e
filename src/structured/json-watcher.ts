import type { JsonValue } from "../base/json.js";
import type { JsonPath } from "./json-path.js";

/**
 * Listens to one value of a document while it is read. Offsets count UTF-16 code units from the start of the text. Where
 * an object has the key twice, the value begins twice.
 */
export interface JsonWatcher {
  /** Where the value stands; `[]` is the whole document. */
  readonly path: JsonPath;
  /** The value's first character was read. */
  begin?(offset: number): void;
  /** A piece of it was read, where it is a string. Escapes are resolved, surrogate pairs are whole. */
  text?(piece: string): void;
  /** An element of it is complete, where it is an array. */
  element?(value: JsonValue): void;
  /** The value is complete. @param offset of the character after it. */
  end?(offset: number): void;
}
