import { parseDocument, type ScalarTag, type Tags } from "yaml";
import type { JsonValue } from "../../base/json.js";
import type { SluiceError } from "../../stream/error.js";
import { messageOf } from "../../stream/error.js";
import { resourceError } from "./yaml-fields.js";

/**
 * One YAML document as daprd's decoder reads it: YAML 1.1 (so `yes` and `on` are booleans), but times and numbers to the
 * base of 60 stay text, whole numbers of up to 64 bits keep their digits, and of two equal keys the last counts.
 *
 * @throws {SluiceError} `invalid-argument` when it is not YAML.
 */
export function parseYaml(text: string): JsonValue {
  const document = parseDocument(text, {
    version: "1.1",
    uniqueKeys: false,
    intAsBigInt: true,
    prettyErrors: true,
    customTags: (tags) => tags.filter((tag) => !isTime(tag)).map(withDigits),
  });
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(error);
  try {
    return toJson(document.toJS({ maxAliasCount: 100 }));
  } catch (thrown) {
    // An alias of nothing, or too many of them.
    throw unreadable(thrown);
  }
}

function unreadable(error: unknown): SluiceError {
  const [message = ""] = messageOf(error).split("\n");
  return resourceError(`error converting YAML to JSON: yaml: ${message}`);
}

/** What JSON can carry of a YAML value: bytes become text, and so do numbers that JavaScript has no digits for. */
function toJson(value: unknown): JsonValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return wholeNumber(value);
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(toJson);
      if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
    default:
      return null;
  }
}

function wholeNumber(value: bigint): JsonValue {
  const number = Number(value);
  const has64Bits = BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;
  return Number.isSafeInteger(number) || !has64Bits ? number : String(value);
}

type Tag = Tags[number];

/** A date, or a number such as `1:30` that means 90. */
function isTime(tag: Tag): boolean {
  if (typeof tag !== "object") return tag === "timestamp" || tag === "intTime" || tag === "floatTime";
  return tag.tag === "tag:yaml.org,2002:timestamp" || tag.format === "TIME";
}

/** Only a number with a digit is one: the parser takes a lone `.` for a number, too. */
function withDigits(tag: Tag): Tag {
  const number = typeof tag === "object" && tag.tag === "tag:yaml.org,2002:float" && isScalar(tag) ? tag : undefined;
  return number?.test?.test(".") ? { ...number, test: /^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)$/ } : tag;
}

function isScalar(tag: Exclude<Tag, string>): tag is ScalarTag {
  return tag.collection === undefined;
}
