import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { parseToolInput } from "../../dialects/tool-input.js";
import type { Opaque } from "../../stream/opaque.js";

/** The dialect that what this module carries belongs to. */
const DIALECT = "dapr";

/** What a Dapr message has of a tool call or a tool's result that our parts have in another form. */
export interface CarriedWords {
  /** The id, "" if there was none. */
  id: string;
  name: string;
  /** The arguments of a call as they were written. */
  arguments?: string;
}

/** Packs the words of a Dapr message with the part that is made of them. */
export function carryWords(words: CarriedWords): Opaque {
  return { dialect: DIALECT, data: { ...words } };
}

/** The words that a part was made of, where it came from a Dapr message. */
export function carriedWords(opaque: Opaque | undefined): CarriedWords | undefined {
  if (opaque?.dialect !== DIALECT || !isJsonObject(opaque.data)) return undefined;
  const { id, name, arguments: written }: JsonObject = opaque.data;
  if (typeof id !== "string" || typeof name !== "string") return undefined;
  return { id, name, ...(typeof written === "string" && { arguments: written }) };
}

/**
 * The arguments of a call as text: as they were written, as long as that still is what they say. A guard on the way may
 * have changed what they say, and then its words count.
 */
export function argumentsText(input: JsonValue, written: string | undefined): string {
  const text = typeof input === "string" ? input : JSON.stringify(input);
  if (written === undefined || written === text) return text;
  return JSON.stringify(parseToolInput(written).input) === JSON.stringify(input) ? written : text;
}
