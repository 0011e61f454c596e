import { parse } from "yaml";
import { isJsonObject } from "../base/json.js";
import { invalid, messageOf } from "../stream/error.js";

/** A Markdown text with what stands before it. */
export interface FrontMatter {
  /** The fields of the YAML between the two lines of `---`. */
  fields: Readonly<Record<string, unknown>>;
  /** What follows, without white space around it. */
  body: string;
}

/** The most characters that the YAML may have. */
const LONGEST = 65_536;

/**
 * Reads a Markdown text that begins with YAML between two lines of `---`.
 *
 * @param place names the text in errors.
 * @throws {SluiceError} `invalid-argument` for a text without it, or whose YAML is broken or no object.
 */
export function readFrontMatter(text: string, place: string): FrontMatter {
  const found = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/.exec(text);
  if (found === null) throw invalid(place, text, "a text that begins with YAML between two lines of ---");
  const [whole, yaml = ""] = found;
  if (yaml.length > LONGEST) throw invalid(place, yaml, `front matter of at most ${LONGEST} characters`);
  let fields: unknown;
  try {
    fields = parse(yaml);
  } catch (thrown) {
    throw invalid(place, yaml, `front matter that is YAML: ${messageOf(thrown)}`);
  }
  if (!isJsonObject(fields)) throw invalid(place, fields, "front matter that is an object of YAML");
  return { fields, body: text.slice(whole.length).trim() };
}
