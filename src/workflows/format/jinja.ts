/**
 * Jinja's words that Liquid has others for, by their name in Liquid. The formats before this one had Jinja templates.
 * Sources: https://jinja.palletsprojects.com/en/stable/templates, https://liquidjs.com/filters/overview.html.
 */
const FILTERS = new Map([
  ["upper", "upcase"],
  ["lower", "downcase"],
  ["trim", "strip"],
  ["length", "size"],
  ["count", "size"],
  ["tojson", "json"],
  ["unique", "uniq"],
  ["string", "as_text"],
  ["wordcount", "number_of_words"],
  ["d", "default"],
  ["striptags", "strip_html"],
  ["urlencode", "url_encode"],
  ["e", "escape"],
]);

const TAGS = new Map([
  ["elif", "elsif"],
  ["set", "assign"],
]);

/** A text in quotes, which stays as it is; a filter with its arguments; the counters of a loop. */
const PIECES =
  /"[^"]*"|'[^']*'|\|\s*([A-Za-z_]\w*)\s*(?:\(([^()"']*(?:(?:"[^"]*"|'[^']*')[^()"']*)*)\))?|\bloop\.(index0?|first|last|length|revindex0?)\b/g;
const TAG = /^(\{%-?\s*)(elif|set)\b/;
const COUNTERS = new Map([
  ["revindex", "rindex"],
  ["revindex0", "rindex0"],
]);

/** A tag or an expression in double braces as Liquid has it, where it is written as Jinja has it. */
export function asLiquid(block: string): string {
  return block
    .replace(TAG, (_, open: string, tag: string) => open + (TAGS.get(tag) ?? tag))
    .replace(PIECES, (found, filter?: string, given?: string, counter?: string) => {
      if (counter !== undefined) return `forloop.${COUNTERS.get(counter) ?? counter}`;
      if (filter === undefined) return found;
      const name = FILTERS.get(filter) ?? filter;
      const values = given?.trim() ?? "";
      return values === "" ? `| ${name} ` : `| ${name}: ${values} `;
    });
}
