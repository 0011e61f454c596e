import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { DataEvent } from "../../stream/chat-event.js";
import { dataNameOf } from "../../stream/data-name.js";
import { noteIn, readOpaque } from "./metadata.js";

/** A `data` event as our note in the metadata of a part that stands for it. */
export function noteData({ name, value }: DataEvent): JsonObject {
  return { data: { name, value } };
}

/** The `data` event that a part stands for, or `undefined` for any other part. */
export function readNotedData(metadata: unknown): DataEvent | undefined {
  const { data, opaque: state } = noteIn(metadata);
  if (!isJsonObject(data) || typeof data.name !== "string") return undefined;
  const { name, value = null } = data;
  const opaque = readOpaque(state);
  return {
    type: "data",
    name: dataNameOf(name),
    value,
    ...(opaque !== undefined && { opaque }),
  };
}
