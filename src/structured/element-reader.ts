import type { JsonValue } from "../base/json.js";
import { ObjectReader } from "./object-reader.js";

/** Reads the elements of an array, each as soon as it is complete. */
export class ElementReader extends ObjectReader<JsonValue> {
  element(value: JsonValue): void {
    this.put(value);
  }
}
