import { parseDocument, type ScalarTag, type Tags } from "yaml";
import type { JsonValue } from "../../stream/json.js";
import { resourceError } from "./yaml-fields.js";

/**
 * One YAML document as daprd's decoder reads it: YAML 1.1 (so `yes` and `on` are booleans), but times and numbers to the
 * base of 60 stay text, and of two equal keys the last counts.
 *
 * @throws {SluiceError} `invalid-argument` when it is not YAML.
 */
export function parseYaml(text: string): JsonValue {
  const document = parseDocument(text, {
    version: "1.1",
    uniqueKeys: false,
    prettyErrors: true,
    customTags: (tags) => tags.filter((tag) => !isTime(tag)).map(withDigits),
  });
  const [error] = document.errors;
  if (error !== undefined) {
    throw resourceError(`error converting YAML to JSON: yaml: ${error.message.split("\n")[0]}`);
  }
  return document.toJS({ maxAliasCount: 100 }) ?? null;
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
