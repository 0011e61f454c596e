import type { JsonObject } from "../../base/json.js";
import type { CacheHint, FilePart } from "../../stream/message.js";
import type { Opaque } from "../../stream/opaque.js";
import type { ProviderMetadata } from "./language-model.js";
import { writeMetadata } from "./metadata.js";

/** What our parts say beside their content, and the AI SDK's say in `providerOptions`. */
export interface PartSettings {
  opaque?: Opaque;
  cache?: CacheHint;
  detail?: NonNullable<FilePart["detail"]>;
}

/**
 * Settings as `providerOptions`. Cache hints and the detail of images go out under the names that the AI SDK's Anthropic
 * and OpenAI providers give them (`anthropic.cacheControl`, `openai.imageDetail`); other providers look elsewhere.
 */
export function writePartOptions(
  { opaque, cache, detail }: PartSettings,
  note?: JsonObject,
): { providerOptions?: ProviderMetadata } {
  let options = writeMetadata(opaque, note);
  if (cache !== undefined) {
    const cacheControl = { type: "ephemeral", ...(cache === "1h" && { ttl: cache }) };
    options = { ...options, anthropic: { cacheControl, ...options?.anthropic } };
  }
  if (detail !== undefined) options = { ...options, openai: { imageDetail: detail, ...options?.openai } };
  return options === undefined ? {} : { providerOptions: options };
}

/** The cache hint in `providerOptions`. */
export function readCacheHint(options: unknown): { cache?: CacheHint } {
  const anthropic = field(options, "anthropic");
  const control = field(anthropic, "cacheControl") ?? field(anthropic, "cache_control");
  if (field(control, "type") !== "ephemeral") return {};
  return { cache: field(control, "ttl") === "1h" ? "1h" : "5m" };
}

/** How closely an image is to be looked at, from `providerOptions`. */
export function readDetail(options: unknown): { detail?: NonNullable<FilePart["detail"]> } {
  const detail = field(field(options, "openai"), "imageDetail");
  return detail === "auto" || detail === "low" || detail === "high" ? { detail } : {};
}

/** Two `providerOptions`, by provider; the second one's fields win. */
export function mergeOptions(first: unknown, second: unknown): unknown {
  if (typeof first !== "object" || first === null) return second;
  if (typeof second !== "object" || second === null) return first;
  const merged: Record<string, unknown> = { ...first };
  for (const [provider, fields] of Object.entries(second)) {
    merged[provider] = { ...asObject(merged[provider]), ...asObject(fields) };
  }
  return merged;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
