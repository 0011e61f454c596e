import type { Findings } from "../format/diagnostic.js";
import { replaceOutside } from "../format/find-places.js";
import type { NamePlace, Names } from "./names.js";

/** A whole string that stands for a variable: `$name`, `$name.field`. */
export const VARIABLE = /^\$([A-Za-z_]\w*)((?:\.[\w-]+|\[\d+\])*)$/;
/** `$name` or `$name.field` inside of a text, outside of places. */
const EMBEDDED = /(?<![\w$\\])\$([A-Za-z_]\w*)((?:\.[A-Za-z_][\w-]*|\[\d+\])*)/g;
/** A place with a dollar in it: `{$name}`, `{{ $name }}`. */
const MARKED_PLACE = /\{\{?\s*\$([A-Za-z_][\w.[\]-]*)\s*\}?\}/g;

/** Variables that there are, written `$name` in a text, as places. Any other dollar is one: prices, shells. */
export function withVariables(text: string, names: Names): string {
  if (!text.includes("$") || VARIABLE.test(text)) return text;
  return replaceOutside(text.replace(MARKED_PLACE, "{{$1}}"), (outside) =>
    outside.replace(EMBEDDED, (found, name: string, rest: string) =>
      names.isVariable(name) ? `{{${name}${rest}}}` : found,
    ),
  );
}

/**
 * `withVariables`; beside a variable that is written `$name`, another one that is written so is meant as one, too: an input of the
 * run.
 */
export function variablesAsPlaces(raw: string, place: NamePlace, names: Names, findings: Findings): string {
  const text = withVariables(raw, names);
  if (text === raw) return text;
  const asInput = (found: string, name: string, rest: string) => {
    if (!/^[a-z][a-z\d_]+$/.test(name)) return found;
    const message = `$${name} means nothing here: it is read as an input of the run`;
    const suggestion = `add ${JSON.stringify(name)} to the workflow's inputs`;
    findings.warn("implied-input", place.path, message, { step: place.step.id, suggestion });
    names.input(name, place);
    return `{{${name}${rest}}}`;
  };
  return replaceOutside(text, (outside) => outside.replace(EMBEDDED, asInput));
}
