/** A place in a text that is filled in: `{name}`, an expression in double braces, a tag. */
export interface FoundPlace {
  source: string;
  /** Where in the text it begins. */
  index: number;
  /** The name, with its path, of one in single braces. */
  name?: string;
}

const SINGLE = /\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*)\s*\}/y;
const RAW = /\{%-?\s*raw\s*-?%\}/y;
const END_RAW = /\{%-?\s*endraw\s*-?%\}/g;

/** The places of a text, in order. A raw block is one of them. The cost is linear, also where what opens is never closed. */
export function findPlaces(text: string): FoundPlace[] {
  const blocks = new Blocks(text);
  const found: FoundPlace[] = [];
  for (let at = text.indexOf("{"); at !== -1; at = text.indexOf("{", at)) {
    const end = blocks.endOf(at, true);
    SINGLE.lastIndex = at;
    const [single, name] = end === -1 ? (SINGLE.exec(text) ?? []) : [];
    const source = end === -1 ? single : text.slice(at, end);
    if (source !== undefined) found.push({ source, index: at, ...(name !== undefined && { name }) });
    at += source?.length ?? 1;
  }
  return found;
}

/** The text with what stands outside of tags and of double braces replaced. */
export function replaceOutside(text: string, replace: (outside: string) => string): string {
  const blocks = new Blocks(text);
  let out = "";
  let from = 0;
  for (let at = text.indexOf("{"); at !== -1; at = text.indexOf("{", at)) {
    const end = blocks.endOf(at, false);
    if (end === -1) at++;
    else {
      out += replace(text.slice(from, at)) + text.slice(at, end);
      from = end;
      at = end;
    }
  }
  return out + replace(text.slice(from));
}

/** Where tags and double braces end. What is not there any more is not looked for again. */
class Blocks {
  readonly #text: string;
  readonly #missing = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The end of the block that opens at a brace; -1 where none opens, or where it is never closed. */
  endOf(at: number, raw: boolean): number {
    const sign = this.#text.charAt(at + 1);
    if (sign === "{") return this.#after("}}", at + 2);
    if (sign !== "%") return -1;
    const whole = raw ? this.#rawEnd(at) : -1;
    return whole === -1 ? this.#after("%}", at + 2) : whole;
  }

  #rawEnd(at: number): number {
    RAW.lastIndex = at;
    const [open] = RAW.exec(this.#text) ?? [];
    if (open === undefined || this.#missing.has("endraw")) return -1;
    END_RAW.lastIndex = at + open.length;
    if (END_RAW.test(this.#text)) return END_RAW.lastIndex;
    this.#missing.add("endraw");
    return -1;
  }

  #after(end: string, from: number): number {
    const at = this.#missing.has(end) ? -1 : this.#text.indexOf(end, from);
    if (at === -1) this.#missing.add(end);
    return at === -1 ? -1 : at + end.length;
  }
}
