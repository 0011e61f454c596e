/** Opening or closing fence of code, alone or behind the marker of a list item (CommonMark 0.31, sections 4.5 and 5.2). */
const FENCE = /^( {0,3}|(?: {0,3}(?:[-*+]|1[.)]) {1,4}))(`{3,}|~{3,})([^\n]*)$/;
/** A heading, and the line that makes a heading of the one before it (sections 4.2 and 4.3). */
const HEADING = /^( {0,3})(#{1,6})(?=[ \t]|$)/;
const UNDERLINE = /^( {0,3})(=+|-+)[ \t]*$/;
/** What begins HTML; addresses in angle brackets do not (sections 6.5 and 6.6). */
const HTML = /<(?=[a-z][\w-]*(?:[\s/>]|$)|[/!?])/gi;
/** A link's definition counts in the whole document (section 4.7). */
const DEFINITION = /^( {0,3})\[(?=[^\]\n]+\]:)/;
/** Code within a line (section 6.1). */
const CODE_SPAN = /(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?[^`]\1(?!`)/g;
/** How much lower headings of a message are than they say: a message itself has a heading of the second level. */
const LOWER = 2;
const LOWEST = 6;

interface OpenFence {
  sign: string;
  length: number;
  indent: number;
  /** Where the text of the list item begins that the fence stands in; 0 outside of lists. */
  content: number;
}

/**
 * Markdown that cannot end or swallow what stands around it: code that is open at the end is closed, headings are lowered
 * below those of the document, and HTML is text. Code stays as it is.
 */
export function containedMarkdown(text: string): string {
  const out: string[] = [];
  let prose: string[] = [];
  let fence: OpenFence | undefined;
  const endProse = () => {
    if (prose.length > 0) out.push(containedProse(prose));
    prose = [];
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (fence !== undefined) {
      out.push(inFence(line, fence));
      if (closes(line, fence)) fence = undefined;
      continue;
    }
    fence = opened(line, prose.at(-1));
    if (fence === undefined) {
      prose.push(line);
      continue;
    }
    endProse();
    out.push(line);
  }
  endProse();
  if (fence !== undefined) out.push(`${" ".repeat(fence.indent)}${fence.sign.repeat(fence.length)}`);
  return out.join("\n");
}

/** Text within one line of the document: white space is one blank, and HTML, links and emphasis are text. */
export function inlineText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<>]/g, "\\$&");
}

function opened(line: string, before: string | undefined): OpenFence | undefined {
  const [, prefix = "", run = "", info = ""] = FENCE.exec(line) ?? [];
  // Backticks behind backticks are code within a line.
  if (run === "" || (run.startsWith("`") && info.includes("`"))) return undefined;
  // A marker that goes on a paragraph begins no list.
  if (prefix.trim() !== "" && before !== undefined && before.trim() !== "" && !/^[-*+]/.test(prefix.trim())) {
    return undefined;
  }
  return {
    sign: run.charAt(0),
    length: run.length,
    indent: prefix.length,
    content: prefix.trim() === "" ? 0 : prefix.length,
  };
}

/** What is indented by four or more is code and closes nothing. */
function closes(line: string, { sign, length, indent, content }: OpenFence): boolean {
  const run = line.trim();
  const own = Math.max(indent, line.length - line.trimStart().length);
  return own < content + 4 && run.length >= length && run === sign.repeat(run.length);
}

/** A line of code. One that is less indented than its fence would end a list item, and the code with it. */
function inFence(line: string, { indent }: OpenFence): string {
  const own = line.length - line.trimStart().length;
  return line.trim() === "" || own >= indent ? line : " ".repeat(indent - own) + line;
}

function containedProse(lines: readonly string[]): string {
  const contained = lines.map((line, index) => {
    const before = lines[index - 1];
    if (before !== undefined && before.trim() !== "" && UNDERLINE.test(line)) return line.replace(/[=-]/, "\\$&");
    return line
      .replace(HEADING, (_, space: string, signs: string) => space + "#".repeat(Math.min(LOWEST, signs.length + LOWER)))
      .replace(DEFINITION, "$1\\[");
  });
  const text = contained.join("\n");
  let out = "";
  let from = 0;
  for (const { 0: span, index } of text.matchAll(CODE_SPAN)) {
    // Line ends in code are blanks (section 6.1), and a line of its own could begin a block of HTML.
    out += text.slice(from, index).replace(HTML, "\\<") + span.replaceAll("\n", " ");
    from = index + span.length;
  }
  return out + text.slice(from).replace(HTML, "\\<");
}
