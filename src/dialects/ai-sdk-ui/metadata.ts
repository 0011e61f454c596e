import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Opaque } from "../../stream/chat-event.js";

/** The protocol's name. */
export const AI_SDK_UI = "ai-sdk-ui";

/** What Sluice notes in `providerMetadata`, which clients bring back as it was. */
interface Note {
  opaque?: Opaque;
  refusal?: true;
}

/** State that must come back with a part, as the field that carries it. */
export function writeNote(note: Note): JsonObject {
  if (note.opaque === undefined && note.refusal === undefined) return {};
  return { providerMetadata: { sluice: JSON.parse(JSON.stringify(note)) } };
}

/** What `writeNote` wrote. */
export function readNote(metadata: JsonValue | undefined): Note {
  const note = isJsonObject(metadata) && isJsonObject(metadata.sluice) ? metadata.sluice : {};
  const { opaque, refusal } = note;
  const whole = isJsonObject(opaque) && typeof opaque.dialect === "string" && opaque.data !== undefined;
  return {
    ...(whole && { opaque: { dialect: String(opaque.dialect), data: opaque.data as JsonValue } }),
    ...(refusal === true && { refusal }),
  };
}
