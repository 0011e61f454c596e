import { SluiceError } from "../../stream/error.js";
import { parseDaprDuration } from "../resources/go-duration.js";
import type { Report } from "../resources/notice.js";
import { duplicateProperty, findProperty, type Properties } from "../resources/properties.js";
import { unfilledVariable } from "./unfilled-variable.js";

/** What the metadata of any conversation component may set. Each key may be written in any case; others are ignored. */
export interface ComponentSettings {
  /** `key`, or `apiKey`, which daprd does not read. "" if there is none. */
  key: string;
  model: string;
  endpoint: string;
  /** `responseCacheTTL` or `cacheTTL`, in ms; absent without a cache. */
  cacheTtlMs?: number;
  /** For requests that have none; daprd does not read it. */
  temperature?: number;
  /** For requests that have none. */
  maxTokens?: number;
  /** Any other key; "" where it is not there. */
  other(name: string): string;
}

/**
 * Reads a component's metadata.
 *
 * @throws {SluiceError} `invalid-argument` for two keys that differ only in case, and for invalid values.
 */
export function readSettings(properties: Properties, report: Report): ComponentSettings {
  const duplicate = duplicateProperty(properties);
  if (duplicate !== undefined) throw refused(`duplicate property found: ${duplicate}`);
  for (const [name, value] of properties) warnOfUnfilled(name, value, report);
  const text = (...names: string[]) => findProperty(properties, ...names)?.trim() ?? "";
  const cacheTtlMs = readDuration(text("responseCacheTTL", "cacheTTL"));
  const temperature = readTemperature(text("temperature"));
  const maxTokens = readMaxTokens(text("maxTokens"), report);
  return {
    key: text("key") || text("apiKey"),
    model: text("model"),
    endpoint: text("endpoint"),
    ...(cacheTtlMs !== undefined && cacheTtlMs > 0 && { cacheTtlMs }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    other: (name) => text(name),
  };
}

/** daprd sends such a value as it stands, which nobody means. */
function warnOfUnfilled(name: string, value: string, report: Report): void {
  const variable = unfilledVariable(value);
  if (variable === undefined) return;
  const advice = `\`envRef: ${variable}\` instead of a value reads it, and so does --substitute`;
  report({ level: "warning", message: `${name}: no value is put in the place of ${variable}; ${advice}` });
}

function readDuration(text: string): number | undefined {
  if (text === "") return undefined;
  const ms = parseDaprDuration(text);
  if (ms === undefined)
    throw refused(`error decoding 'responseCacheTTL': time: invalid duration ${JSON.stringify(text)}`);
  return ms;
}

function readTemperature(text: string): number | undefined {
  if (text === "") return undefined;
  const temperature = Number(text);
  if (!(temperature >= 0 && temperature <= 2)) {
    throw refused(`temperature: found ${JSON.stringify(text)}; allowed: a number from 0 to 2`);
  }
  return temperature;
}

/** daprd ignores a limit that is not above 0, and says so. */
function readMaxTokens(text: string, report: Report): number | undefined {
  if (text === "") return undefined;
  const tokens = Number(text);
  if (!Number.isSafeInteger(tokens)) {
    throw refused(`maxTokens: found ${JSON.stringify(text)}; allowed: a whole number above 0`);
  }
  if (tokens > 0) return tokens;
  report({ level: "warning", message: `ignoring non-positive maxTokens component default ${tokens}` });
  return undefined;
}

function refused(message: string): SluiceError {
  return new SluiceError("invalid-argument", message);
}
