import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Source } from "../../stream/chat-event.js";
import type { ToolResultPart } from "../../stream/message.js";
import type { Opaque } from "../../stream/opaque.js";
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

/** What a source's part has no fields for, as the field that carries it. Its state comes back to no provider from there. */
export function writeSourceNote({ kind, url, quote, span }: Source, block: number | undefined): JsonObject {
  const note = {
    ...(quote !== undefined && { quote }),
    ...(span !== undefined && { span }),
    ...(span !== undefined && block !== undefined && { block }),
    ...(kind === "document" && url !== undefined && { url }),
  };
  return Object.keys(note).length === 0 ? {} : { providerMetadata: { sluice: note } };
}

/** What `writeSourceNote` wrote. */
export function readSourceNote(metadata: JsonValue | undefined): { source: Partial<Source>; block?: number } {
  const note = isJsonObject(metadata) && isJsonObject(metadata.sluice) ? metadata.sluice : {};
  const { quote, span, url, block } = note;
  const { start, end } = isJsonObject(span) ? span : {};
  return {
    source: {
      ...(typeof quote === "string" && { quote }),
      ...(typeof start === "number" && typeof end === "number" && { span: { start, end } }),
      ...(typeof url === "string" && { url }),
    },
    ...(typeof block === "number" && { block }),
  };
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
