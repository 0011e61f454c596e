import { uuid } from "../../base/uuid.js";
/** An id of the protocol's form, such as `item_3f2a…`. */
export function newId(prefix: "sess" | "conv" | "item" | "resp" | "event"): string {
  return `${prefix}_${uuid().replaceAll("-", "").slice(0, 21)}`;
}
