import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { messageOf } from "../../stream/error.js";
import type { Findings } from "./diagnostic.js";

/** The most characters that a workflow may have: a document that is longer is refused before it is parsed. */
const LONGEST = 5_000_000;

/**
 * A workflow as an object, from its JSON (comments and trailing commas are accepted), its YAML or the object itself.
 * What is wrong goes to `findings`, and nothing is returned then.
 */
export async function parseDocument(source: unknown, findings: Findings): Promise<JsonObject | undefined> {
  const value = typeof source === "string" ? await parseText(source, findings) : plain(source, findings);
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    findings.error("wrong-kind", "", "a workflow is an object with a list of steps", {
      suggestion: 'begin with {"name": "…", "steps": [{"id": "…", "type": "…"}]}, or with sluice workflow new',
    });
    return undefined;
  }
  // Some files keep the workflow beside notes of their own.
  return !("steps" in value) && isJsonObject(value.workflow) ? value.workflow : value;
}

async function parseText(text: string, findings: Findings): Promise<JsonValue | undefined> {
  if (text.length > LONGEST) {
    findings.error("not-json", "", `the workflow has ${text.length} characters; at most ${LONGEST} are read`);
    return undefined;
  }
  const trimmed = text.replace(/^\uFEFF/, "").trimStart();
  if (!trimmed.startsWith("{") && !trimmed.startsWith("[") && !trimmed.startsWith("/"))
    return parseYaml(trimmed, findings);
  try {
    return parseJson(trimmed);
  } catch (first) {
    try {
      return parseJson(withoutComments(trimmed));
    } catch {
      findings.error("not-json", "", `the workflow is not JSON: ${messageOf(first)}`);
      return undefined;
    }
  }
}

async function parseYaml(text: string, findings: Findings): Promise<JsonValue | undefined> {
  const { parse } = await import("yaml");
  try {
    // An alias bomb is refused by `maxAliasCount`; the round trip drops what JSON cannot carry, and prototype keys.
    return parseJson(JSON.stringify(parse(text, { maxAliasCount: 100 }) ?? null));
  } catch (thrown) {
    findings.error("not-json", "", `the workflow is neither JSON nor YAML: ${messageOf(thrown)}`);
    return undefined;
  }
}

/** A copy, so that nobody changes a workflow that was checked, and without what JSON cannot carry. */
function plain(source: unknown, findings: Findings): JsonValue | undefined {
  try {
    const text = JSON.stringify(source);
    if (text !== undefined) return parseJson(text);
  } catch {
    // Said below: it refers to itself, or holds a big integer.
  }
  findings.error("wrong-kind", "", "a workflow is JSON: a text, or an object that JSON can carry");
  return undefined;
}

/** What does not end goes to the end of the text: it is looked at once, and the text is no JSON. */
const STRINGS_AND_COMMENTS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const STRINGS_AND_LAST_COMMAS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|,(?=\s*[}\]])/g;

/** JSON without `//` and block comments and without commas before a closing bracket; strings stay as they are. */
function withoutComments(text: string): string {
  const strings = (found: string) => (found.startsWith('"') ? found : "");
  return text.replace(STRINGS_AND_COMMENTS, strings).replace(STRINGS_AND_LAST_COMMAS, strings);
}
