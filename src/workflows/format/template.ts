import type { Liquid, Template as LiquidTemplate } from "liquidjs";
import type { JsonValue } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { findPlaces } from "./find-places.js";
import { asLiquid } from "./jinja.js";
import { parsePath, valueAt } from "./path.js";

/** A text with places to fill in. */
export interface Template {
  /** The names that it reads; the first part of a dotted path. */
  readonly names: readonly string[];
  /** The names that are read with a path: `{name.field}`. */
  readonly dotted: ReadonlySet<string>;
  /** The names that are read by themselves, too: `{name}`. */
  readonly alone: ReadonlySet<string>;
  /** The names that may have no value: something else is written then. */
  readonly optional: ReadonlySet<string>;
  /**
   * The text, filled in.
   *
   * @param lookup `dotted` where a path follows the name.
   * @throws {SluiceError} `invalid-argument` where a template does too much or fails.
   */
  render(lookup: (name: string, dotted: boolean) => JsonValue | undefined): string;
}

const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
/** An expression in double braces that is a name alone. */
const SIMPLE = /^\{\{-?\s*([A-Za-z_$][\w-]*(?:\.[\w-]+|\[\d+\])*)\s*-?\}\}$/;

type Part = { text: string } | { path: readonly string[]; source: string };

/** Whether a text has a place to fill in. */
export function hasPlaces(text: string): boolean {
  return findPlaces(text).length > 0;
}

/**
 * A template of a text. Plain places need nothing; filters, tags and expressions in double braces are LiquidJS's, which is
 * loaded then.
 *
 * @throws {SluiceError} `invalid-argument` for a text that is no template; `unsupported` where LiquidJS is not installed.
 */
export async function compileTemplate(text: string): Promise<Template> {
  const meant = withoutDoubled(text);
  return plainTemplate(meant) ?? (await liquidTemplate(meant));
}

/** JSON in braces that its author doubled, as Python's texts want it: `{{"name": "{name}"}}`. */
const DOUBLED = /\{\{\s*(?:"[^"{}\n]*"|'[^'{}\n]*')\s*:/g;

/** The text with one brace where JSON has two. What is never closed stays as it is. */
function withoutDoubled(text: string): string {
  let out = "";
  let from = 0;
  for (const { index } of text.matchAll(DOUBLED)) {
    const end = index < from ? -1 : endOfDoubled(text, index);
    if (end === -1) continue;
    out += text.slice(from, index) + text.slice(index, end).replace(/\{\{/g, "{").replace(/\}\}/g, "}");
    from = end;
  }
  return out + text.slice(from);
}

/** Where the doubled braces that open at an index are closed; -1 where they are not. A single brace closes by itself. */
function endOfDoubled(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two === "{{") depth++;
    else if (two === "}}") depth--;
    else {
      if (text[at] === "{") at = text.indexOf("}", at);
      if (at === -1) return -1;
      continue;
    }
    at++;
    if (depth === 0) return at + 1;
  }
  return -1;
}

function plainTemplate(text: string): Template | undefined {
  const parts: Part[] = [];
  let from = 0;
  for (const { source, index, name: single } of findPlaces(text)) {
    const name = single ?? SIMPLE.exec(source)?.[1];
    if (name === undefined) return undefined;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ path: parsePath(name.replace(/^\$/, "")), source });
    from = index + source.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  const names = new Set(parts.flatMap((part) => ("path" in part ? [part.path[0] ?? ""] : [])));
  const dotted = parts.flatMap((part) => ("path" in part && part.path.length > 1 ? [part.path[0] ?? ""] : []));
  return {
    names: [...names],
    dotted: new Set(dotted),
    optional: new Set(),
    alone: new Set(parts.flatMap((part) => ("path" in part && part.path.length === 1 ? part.path : []))),
    render(lookup) {
      let out = "";
      for (const part of parts) {
        if ("text" in part) out += part.text;
        else {
          const [name = "", ...rest] = part.path;
          const found = lookup(name, rest.length > 0);
          // A name that means nothing here is literal text.
          out += found === undefined ? part.source : asText(valueAt(found, rest));
        }
      }
      return out;
    },
  };
}

/** How a value reads in a text: strings as they are, nothing for null, the rest as JSON. */
export function asText(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value, undefined, 2) : String(value);
}

/** What a template may cost: characters it has, tags it renders (loops included) and characters it builds. */
const LIMITS = { parseLimit: 200_000, renderLimit: 2_000, memoryLimit: 20_000_000 };
/** Tags that read other files, or that a workflow has no use for. */
const REFUSED_TAGS = ["include", "render", "layout", "block"];

/** The filter that writes a value as a plain place would. */
const AS_TEXT = "as_text";

let engine: Promise<Liquid> | undefined;

function liquid(): Promise<Liquid> {
  engine ??= loadPeer("liquidjs", "a template with filters or tags").then(({ Liquid }) => {
    const made = new Liquid({ ...LIMITS, ownPropertyOnly: true, strictFilters: true, templates: {} });
    for (const tag of REFUSED_TAGS) {
      made.registerTag(tag, {
        parse() {
          throw new Error(`the tag ${tag} is not available in a workflow`);
        },
        render: () => "",
      });
    }
    made.registerFilter("title", (value: unknown) =>
      String(value).replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
    );
    made.registerFilter(AS_TEXT, (value: unknown) => asText(value as JsonValue | undefined));
    return made;
  });
  return engine;
}

/** Names with a value of their own if there is none: `{{ name | default: "you" }}`. */
const DEFAULTED = /\{\{-?\s*([A-Za-z_]\w*)\s*\|\s*default\b/g;
/** A block as LiquidJS reads it. What is text stays as it is. */
function liquidOf(block: string): string {
  if (/^\{%-?\s*raw\b/.test(block)) return block;
  return asLiquid(block);
}

async function liquidTemplate(text: string): Promise<Template> {
  const made = await liquid();
  // `{name}` means the same as `{{ name }}`; what a workflow's value holds is never read as a template.
  let source = "";
  let from = 0;
  for (const { source: found, index, name: single } of findPlaces(text)) {
    const plain = single ?? SIMPLE.exec(found)?.[1];
    // The counter of a loop in the template.
    const name = plain?.startsWith("loop.") ? undefined : plain;
    source +=
      text.slice(from, index) +
      (name === undefined ? liquidOf(found) : `{{ ${name.replace(/^\$/, "")} | ${AS_TEXT} }}`);
    from = index + found.length;
  }
  source += text.slice(from);
  const optional = new Set([...source.matchAll(DEFAULTED)].flatMap(([, name]) => name ?? []));
  let parsed: LiquidTemplate[];
  let names: readonly string[];
  let dotted: ReadonlySet<string>;
  try {
    parsed = made.parse(source);
    names = made.globalVariablesSync(parsed);
    const [odd] = names.filter((name) => !NAME.test(name));
    if (odd !== undefined) throw new Error(`${odd} is no name`);
    const segments = made.globalVariableSegmentsSync(parsed);
    dotted = new Set(segments.flatMap(([first, ...rest]) => (rest.length > 0 ? [String(first)] : [])));
  } catch (thrown) {
    throw new SluiceError("invalid-argument", `this is no template: ${messageOf(thrown)}`, { cause: thrown });
  }
  return {
    names,
    dotted,
    optional,
    alone: new Set(names.filter((name) => !dotted.has(name))),
    render(lookup) {
      const scope = Object.fromEntries(names.map((name) => [name, lookup(name, dotted.has(name))]));
      try {
        return String(made.renderSync(parsed, scope));
      } catch (thrown) {
        throw new SluiceError("invalid-argument", `a template failed: ${messageOf(thrown)}`, { cause: thrown });
      }
    },
  };
}
