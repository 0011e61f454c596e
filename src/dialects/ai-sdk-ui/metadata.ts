import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Opaque } from "../../stream/chat-event.js";
import type { ToolResultPart } from "../../stream/message.js";
import { parseToolInput } from "../tool-input.js";

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
  const opaque = readOpaque(note.opaque);
  return { ...(opaque && { opaque }), ...(note.refusal === true && { refusal: true }) };
}

/** The state of a result of a tool that the provider ran: its part stands before the result is known. */
export function writeResultNote({ callId, opaque, output, isError }: ResultFacts): JsonObject | undefined {
  if (opaque === undefined) return undefined;
  const json = isError && typeof output !== "string";
  const data = { callId, opaque: JSON.parse(JSON.stringify(opaque)), ...(json && { json }) };
  return { type: "data-sluice", data };
}

type ResultFacts = Pick<ToolResultPart, "callId" | "opaque" | "output" | "isError">;

/** A result with what `writeResultNote` noted. */
export function withResultNote<T extends Pick<ToolResultPart, "output">>(result: T, note: JsonObject | undefined): T {
  const opaque = readOpaque(note?.opaque);
  if (opaque === undefined) return result;
  const text = note?.json === true && typeof result.output === "string" ? result.output : undefined;
  return { ...result, ...(text !== undefined && { output: parseToolInput(text).input }), opaque };
}

/** State as it stands in a note. */
export function readOpaque(value: JsonValue | undefined): Opaque | undefined {
  if (!isJsonObject(value) || typeof value.dialect !== "string" || value.data === undefined) return undefined;
  return { dialect: value.dialect, data: value.data };
}
