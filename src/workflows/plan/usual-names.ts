import { nearest } from "../../base/nearest.js";
import { findPlaces } from "../format/find-places.js";
import type { ReferencePlace } from "./compile-reference.js";
import { makes } from "./makes.js";
import { meantPath } from "./meant-path.js";

/** What authors call all steps, where they read one of them: `steps.ask.response`. */
const STEPS = new Set(["steps", "step", "nodes", "tasks", "outputs", "step_outputs", "step_results"]);
/** What they call what the run was given: `inputs.topic`. */
const RUN = new Set([
  "inputs",
  "input",
  "variables",
  "vars",
  "var",
  "env",
  "params",
  "parameters",
  "globals",
  "trigger",
]);
/** What both may stand in: `workflow.inputs.topic`. */
const WHOLE_RUN = new Set(["workflow", "context", "ctx", "state", "run"]);

/** A name with a path. */
const DOTTED = /(?<![\w.$"'-])([A-Za-z_][\w-]*)((?:\.[\w-]+|\[\d+\])+)/g;
/** A name with a path behind a dollar. */
const MARKED = /(?<![\w$\\])\$([A-Za-z_][\w-]*)((?:\.[A-Za-z_][\w-]*|\[\d+\])+)/g;
/** A place with a conversion or a format of Python's: `{price:.2f}`, `{name!r}`. */
const FORMATTED =
  /(?<!\{)\{([A-Za-z_]\w*)(?:![rsa](?::[^{}\s"']{0,12})?|:[<>=^+\-0-9,_]{0,8}(?:\.\d{1,3})?[bcdeEfFgGnosxX%])\}(?!\})/g;
const SEGMENT = /\.[\w-]+|\[\d+\]/g;
const QUOTED = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|'[^'\\]*(?:\\[\s\S][^'\\]*)*(?:'|$)/g;

/** Ways to write a place that other programs have, in the order in which they are read. */
const SPELLINGS: readonly [RegExp, string][] = [
  [/^=(?=\{\{)/, ""],
  [/\$\{\{/g, "{{"],
  [/\{\{#([\w.-]+)#\}\}/g, "{{$1}}"],
  [/\$node\[["']([\w-]+)["']\]\.(?:json|data)\b/g, "$1"],
  [/\$\(["']([\w-]+)["']\)(?:\.first\(\)|\.last\(\)|\.item)?\.json\b/g, "$1"],
  [/^\$\.([A-Za-z_][\w.[\]-]*)$/, "{{$1}}"],
  [/(\{\{?\s*)\$\.(?=[A-Za-z_])/g, "$1"],
  [/^\$\{([\w.[\]-]+)\}$/, "{{$1}}"],
  [/\$\{([\w-]+(?:\.[\w-]+|\[\d+\])+)\}/g, "{{$1}}"],
];

/** A text whose places are written as authors write them elsewhere, with places as they are written here. */
export function usualText(text: string, at: ReferencePlace, own: ReadonlyMap<string, unknown>): string {
  if (!/[{$]/.test(text)) return text;
  let usual = text;
  for (const [pattern, written] of SPELLINGS) usual = usual.replace(pattern, written);
  usual = usual.replace(MARKED, (found, name: string, path: string) => {
    const meant = usualName(name, path, at, own);
    if (meant === undefined) return found;
    return usual === found && !meant.includes("-") ? `$${meant}` : `{{${meant}}}`;
  });
  // Python's ways to format a value, of a name that means something here.
  usual = usual.replace(FORMATTED, (found, name: string) => {
    if (!isKnownName(name, at, own)) return found;
    at.findings.warn("no-effect", at.path, `${found} is read as {${name}}: Python's formats are not applied`, {
      step: at.step.id,
      suggestion: "write a filter of Liquid, such as {{ price | round: 2 }}",
    });
    return `{${name}}`;
  });
  let out = "";
  let from = 0;
  for (const { source, index } of findPlaces(usual)) {
    out += usual.slice(from, index) + namesOutsideQuotes(source, at, own);
    from = index + source.length;
  }
  return out + usual.slice(from);
}

function isKnownName(name: string, at: ReferencePlace, own: ReadonlyMap<string, unknown>): boolean {
  return own.has(name) || at.names.isVariable(name) || at.names.step(name) !== undefined;
}

/** A condition whose names are written as elsewhere. */
export function usualCondition(text: string, at: ReferencePlace, own: ReadonlyMap<string, unknown>): string {
  let usual = text.trim();
  for (const [pattern, written] of SPELLINGS) usual = usual.replace(pattern, written);
  const [, whole] = /^\{\{([^{}]*)\}\}$/.exec(usual) ?? [];
  return namesOutsideQuotes((whole ?? usual).trim(), at, own);
}

function namesOutsideQuotes(text: string, at: ReferencePlace, own: ReadonlyMap<string, unknown>): string {
  const names = (part: string) =>
    part.replace(DOTTED, (found, name: string, path: string) => usualName(name, path, at, own) ?? found);
  let out = "";
  let from = 0;
  for (const { 0: quoted, index } of text.matchAll(QUOTED)) {
    out += names(text.slice(from, index)) + quoted;
    from = index + quoted.length;
  }
  return out + names(text.slice(from));
}

/** A name with its path as it is written here; `undefined` where it names no step, and nothing that a run is given. */
function usualName(
  name: string,
  path: string,
  at: ReferencePlace,
  own: ReadonlyMap<string, unknown>,
): string | undefined {
  const segments = [...path.matchAll(SEGMENT)].map(([segment]) => segment);
  const second = segments[0]?.slice(1) ?? "";
  if (own.has(name) || at.names.isVariable(name)) return undefined;
  const step = at.names.step(name);
  if (step === undefined) {
    const within = at.names.inside(name);
    if (within !== undefined && within.source !== at.step) return `${within.source.id}.${within.inside}.${name}${path}`;
    if (WHOLE_RUN.has(name) && (STEPS.has(second) || RUN.has(second))) return inner(second, segments.slice(1), at, own);
    if (STEPS.has(name) && at.names.step(second) !== undefined) return inner(second, segments.slice(1), at, own);
    return RUN.has(name) && /^[A-Za-z_]/.test(second) ? inner(second, segments.slice(1), at, own) : undefined;
  }
  if (step === at.step) return undefined;
  const meant = meantPath(
    step,
    segments.map((segment) => segment.replace(/[.[\]]/g, "")),
  );
  const [field] = meant;
  if (field !== undefined && !makes(step, field) && step.rest.loop === undefined) report(name, field, at);
  return `${name}${segments.slice(segments.length - meant.length).join("")}`;
}

function inner(
  name: string,
  segments: readonly string[],
  at: ReferencePlace,
  own: ReadonlyMap<string, unknown>,
): string {
  return (
    (segments.length > 0 ? usualName(name, segments.join(""), at, own) : undefined) ?? `${name}${segments.join("")}`
  );
}

function report(id: string, field: string, { names, step, findings, path }: ReferencePlace): void {
  const source = names.step(id);
  const message = `the step ${id} makes no ${JSON.stringify(field)}`;
  const last = findings.all.at(-1);
  // Said once where a text says it again and again.
  if (source === undefined || (last?.path === path && last.message === message)) return;
  const known = [...new Set([...source.outputs.keys(), ...Object.keys(source.type.results)])];
  const near = nearest(field, known);
  findings.error("unknown-output", path, message, {
    step: step.id,
    suggestion: near.length > 0 ? `did you mean ${near.join(" or ")}?` : `it makes ${known.join(", ")}`,
  });
}
