/** What a piece of code is, for its colour; 0 is none. */
export const CODE_KINDS = ["", "keyword", "string", "number", "title", "comment", "meta"] as const;

/** Pieces of a code text in order: of each its length in UTF-16 code units, and the index of its kind in `CODE_KINDS`. */
export type CodeRuns = number[];

/** The classes of highlight.js (https://highlightjs.readthedocs.io/en/latest/css-classes-reference.html), by kind. */
const KIND_OF: Readonly<Record<string, number>> = {
  keyword: 1,
  built_in: 1,
  literal: 1,
  type: 4,
  "selector-tag": 1,
  name: 1,
  section: 1,
  operator: 0,
  string: 2,
  regexp: 2,
  char: 2,
  addition: 2,
  "template-variable": 0,
  number: 3,
  symbol: 3,
  bullet: 3,
  deletion: 3,
  title: 4,
  attr: 4,
  attribute: 4,
  property: 4,
  "selector-class": 4,
  "selector-id": 4,
  variable: 3,
  comment: 5,
  quote: 5,
  doctag: 5,
  meta: 6,
  tag: 0,
};

/** What highlight.js writes: elements `span`, and text with five characters escaped. */
const PIECE = /<span class="([^"]*)">|(<\/span>)|(&(?:amp|lt|gt|quot|#x27);)|([^<&]+)/g;

/** What highlight.js has made of a code, as pieces with their kinds: no HTML leaves the worker. */
export function runsOf(html: string): CodeRuns {
  const runs: CodeRuns = [];
  const kinds = [0];
  for (const [, opened, closed, escaped, text] of html.matchAll(PIECE)) {
    if (opened !== undefined) kinds.push(kindOf(opened) ?? kinds.at(-1) ?? 0);
    else if (closed !== undefined) kinds.pop();
    else add(runs, escaped === undefined ? (text?.length ?? 0) : 1, kinds.at(-1) ?? 0);
  }
  return runs;
}

function kindOf(classes: string): number | undefined {
  for (const name of classes.split(" ")) {
    const kind = KIND_OF[name.replace("hljs-", "")];
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function add(runs: CodeRuns, length: number, kind: number): void {
  const last = runs.length - 2;
  if (last >= 0 && runs[last + 1] === kind) runs[last] = (runs[last] ?? 0) + length;
  else runs.push(length, kind);
}
