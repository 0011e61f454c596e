import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { Opaque } from "../../stream/opaque.js";
import type { ProviderMetadata } from "./language-model.js";

/**
 * The dialect of state that AI SDK providers want back. One name for all of them: its data is their `providerMetadata`,
 * which is kept by the provider's name, and each provider reads only its own.
 */
export const AI_SDK = "ai-sdk";

/** The provider that `toAiSdk` is, and the name under which its notes stand in `providerMetadata`. */
export const SLUICE = "sluice";

/** The kind of a custom part that carries one of our `data` events. */
export const DATA_KIND = "sluice.data";

/** The name of the `data` event that holds a provider's metadata of the whole answer. */
export const ANSWER_METADATA = "provider/metadata";

/** What our events say and no part of the AI SDK does. */
export interface Note {
  opaque?: JsonValue;
  refusal?: JsonValue;
  data?: JsonValue;
  source?: JsonValue;
  finish?: JsonValue;
  ranHere?: JsonValue;
}

/** The note of a call that no provider ran, and of its result, although the AI SDK takes them as such. */
export const RAN_HERE: JsonObject = { ranHere: true };

/** A value from outside as JSON, bytes as base64; what JSON cannot carry is left out, as `JSON.stringify` does. */
export function toJson(value: unknown): JsonValue {
  const text = JSON.stringify(value, bytesAsBase64);
  return text === undefined ? null : parseJson(text);
}

/** Our own note in a provider's metadata; empty without one. */
export function noteIn(metadata: unknown): Note {
  if (typeof metadata !== "object" || metadata === null || !Object.hasOwn(metadata, SLUICE)) return {};
  const note = toJson(Reflect.get(metadata, SLUICE));
  return isJsonObject(note) ? note : {};
}

/** The state in a part's `providerMetadata` or `providerOptions`, whoever made it. */
export function readMetadata(metadata: unknown): Opaque | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const own = readOpaque(noteIn(metadata).opaque);
  if (own !== undefined) return own;
  const data = toJson(metadata);
  if (!isJsonObject(data)) return undefined;
  const { [SLUICE]: _, ...others } = data;
  return Object.keys(others).length === 0 ? undefined : { dialect: AI_SDK, data: others };
}

/** State as an AI SDK part carries it: that of its own providers as it came, any other in our note. */
export function writeMetadata(opaque: Opaque | undefined, note: JsonObject = {}): ProviderMetadata | undefined {
  const own = aiSdkMetadata(opaque);
  const carried: JsonObject =
    opaque !== undefined && own === undefined ? { opaque: { dialect: opaque.dialect, data: opaque.data } } : {};
  const ours: JsonObject = { ...note, ...carried };
  if (own === undefined && Object.keys(ours).length === 0) return undefined;
  return { ...own, ...(Object.keys(ours).length > 0 && { [SLUICE]: ours }) };
}

/** The field that a part has for its metadata, where there is any. */
export function annotation(metadata: ProviderMetadata | undefined): { providerMetadata?: ProviderMetadata } {
  return metadata === undefined ? {} : { providerMetadata: metadata };
}

/** Anybody may have written it: only what has the right shape is state. */
export function readOpaque(value: JsonValue | undefined): Opaque | undefined {
  if (!isJsonObject(value) || typeof value.dialect !== "string" || value.data === undefined) return undefined;
  return { dialect: value.dialect, data: value.data };
}

/** Metadata by provider; a whole part (with a `type`) that is kept as state is not metadata. */
function aiSdkMetadata(opaque: Opaque | undefined): ProviderMetadata | undefined {
  return opaque?.dialect === AI_SDK && isMetadata(opaque.data) ? opaque.data : undefined;
}

/** Whether a value is objects by the name of a provider. */
export function isMetadata(data: JsonValue): data is ProviderMetadata {
  return isJsonObject(data) && Object.values(data).every(isJsonObject);
}

function bytesAsBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? encodeBase64(value) : value;
}
