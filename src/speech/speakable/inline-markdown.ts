/** A link or picture of Markdown. Its parts are bounded, so that a text of brackets alone costs no more than others. */
const LINK =
  /(!?)\[([^[\]\n]{0,400})\](?:\(<?([^()\s<>]{0,800}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)>?(?:\s+"[^"\n]{0,200}")?\)|\[[^[\]\n]{0,100}\])/g;
const ADDRESS = /<?\b(?:(?:https?|ftp):\/\/(?:www\.)?|www\.)([^\s<>"'`\])}]{1,1000})>?/g;
const FOOTNOTE = /\s{0,4}(?:\[\^?\d{1,4}(?:\s{0,2}[,–-]\s{0,2}\d{1,4}){0,20}\]|【[^】\n]{1,60}】)/g;
const TAG = /<\/?[a-zA-Z][a-zA-Z0-9-]{0,20}(?:\s[^<>]{0,400})?\/?>/g;
const COMMENT = /<!--.{0,2000}?-->/gs;
const CODE = /(`{1,8})([^`\n]{1,2000})\1/g;
const EMPHASIS =
  /(?<![\p{L}\p{N}*\\])\*{1,3}(?=\S)|(?<=[^\s\\])\*{1,3}(?![\p{L}\p{N}*])|(?<=\S)\*{2,3}|\*{2,3}(?=\S)|~~/gu;
const UNDERLINE = /(?<![\p{L}\p{N}_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\p{L}\p{N}_])/gu;
const ESCAPE = /\\([\\`*_{}[\]()#+\-.!|~>])/g;
const MATHS = /\\[()[\]]|\$\$/g;
/** A formula between single dollars; two prices are not one. */
const FORMULA = /\$(?=[^\s\d$])([^$\n]{0,200}[\\^_={}][^$\n]{0,200})(?<=\S)\$(?!\d)/g;
const ENTITY = /&(amp|lt|gt|quot|apos|nbsp|#39);/g;
/** Pictures among the characters (UTS #51): with what joins and colours them, flags and keycaps; not ©, ®, ™ and arrows. */
const EMOJI =
  /(?![©®™↔↕↖-↙↩↪])\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|️|⃣|‍\p{Extended_Pictographic})*|[\u{1F1E6}-\u{1F1FF}]{1,2}|️|⃣/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  "#39": "'",
};

/**
 * The text of a line of Markdown as somebody would read it aloud: links by their text, addresses by their host, no marks of
 * emphasis, footnotes, tags or pictures. Code within the line is read, without its underscores.
 */
export function readInline(text: string): string {
  return text
    .replace(COMMENT, " ")
    .replace(CODE, (_, _ticks: string, code: string) => code.replaceAll("_", " ").replace(/\*/g, " "))
    .replace(LINK, (_, picture: string, words: string) => (picture === "!" && words !== "" ? `image: ${words}` : words))
    .replace(ADDRESS, (_, address: string) => hostOf(address))
    .replace(FOOTNOTE, "")
    .replace(TAG, " ")
    .replace(MATHS, "")
    .replace(FORMULA, "$1")
    .replace(EMPHASIS, "")
    .replace(UNDERLINE, "")
    .replace(ESCAPE, "$1")
    .replace(ENTITY, (_, name: string) => ENTITIES[name] ?? " ")
    .replace(EMOJI, "")
    .replace(/`/g, "")
    .replace(/\s+/g, " ")
    .replace(/\s+([.,;:!?])(?=\s|$)/g, "$1")
    .trim();
}

/** The host of an address, with the marks of the sentence that it ends. */
function hostOf(address: string): string {
  const marks = /[.,;:!?]{1,20}$/.exec(address)?.[0] ?? "";
  const [host = ""] = address.slice(0, address.length - marks.length).split(/[/:?#]/, 1);
  return host + marks;
}
