import type { JsonValue } from "../base/json.js";
import { boolean, exactly, filledString, jsonValue } from "../stream/checks.js";
import { messageOf, SluiceError } from "../stream/error.js";
import type { Opaque } from "../stream/opaque.js";

const OPAQUE = exactly("what is kept with a result", {
  dialect: { required: filledString },
  data: { required: jsonValue },
} satisfies Record<keyof Opaque, unknown>);
const OPTIONS = exactly("ToolOutput", { isError: boolean, opaque: OPAQUE });

/** A result with more than a value, for a tool to return: an error that is not an exception, or state to keep with it. */
export class ToolOutput {
  /** What the tool returns: anything that JSON carries. */
  readonly value: unknown;
  /** Whether the call counts as failed for the model. */
  readonly isError: boolean;
  /** Kept with the result, and not shown to the model. */
  readonly opaque: Opaque | undefined;

  constructor(value: unknown, options: { isError?: boolean; opaque?: Opaque } = {}) {
    OPTIONS(options, "");
    this.value = value;
    this.isError = options.isError ?? false;
    this.opaque = options.opaque;
  }
}

/**
 * What a tool returned or reported, as JSON and as it is now: what the tool does to it later does not reach the reader.
 * Dates and other objects are written as their `toJSON` gives them; `undefined` as the whole result is `null`.
 *
 * @param what returned it, for the error.
 * @throws {SluiceError} `tool-failed` for what JSON cannot carry, and would leave out or turn into `{}` or `null`: bytes,
 *   functions, BigInt, `NaN`, maps, sets, errors, promises and the like, objects that contain themselves.
 */
export function toJson(value: unknown, what = "the tool"): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  // JSON has one zero.
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  try {
    const text = JSON.stringify(value, refuseLoss);
    if (text !== undefined) return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    throw notJson(messageOf(thrown), what);
  }
  throw notJson(`a ${typeof value}`, what);
}

/** What a value is to JSON: `Object` and `Array` have their content, the others are one value. */
const CARRIED = new Set(["Object", "Array", "String", "Number", "Boolean", "Null"]);

function refuseLoss(key: string, value: unknown): unknown {
  const where = key === "" ? "" : ` in ${JSON.stringify(key)}`;
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${value}${where}`);
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new Error(`bytes${where}: encode them, for example as base64`);
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const lost = value instanceof Map || value instanceof Set || value instanceof Error;
  if (lost || (!CARRIED.has(kind) && Object.keys(value).length === 0))
    throw new Error(`an object of type ${kind}${where}`);
  return value;
}

function notJson(found: string, what: string): SluiceError {
  return new SluiceError("tool-failed", `${what} returned what JSON cannot carry: ${found}`);
}
