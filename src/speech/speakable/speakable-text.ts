import { boolean, exactly, oneOf, string } from "../../stream/checks.js";
import { readInline } from "./inline-markdown.js";
import { speakUnits } from "./spoken-units.js";
import { TableReader } from "./table-reader.js";

/** How Markdown is read aloud. */
export interface SpeakableOptions {
  /** Blocks of code: `announce` says that there is one (default), `skip` says nothing, `read` reads them. */
  code?: "announce" | "skip" | "read";
  /** Tables: `rows` reads each row with the names of the columns (default), `skip` leaves them out. */
  tables?: "rows" | "skip";
  /** Whether units, amounts and signs are said in English words ("5 km" is "5 kilometers"). Default false. */
  units?: boolean;
  /** `false` reads the text as it is: it is not Markdown. Default true. */
  markdown?: boolean;
}

/** What the options may hold, for those who take them among their own. */
export const SPEAKABLE_FIELDS = {
  code: oneOf("announce", "skip", "read"),
  tables: oneOf("rows", "skip"),
  units: boolean,
  markdown: boolean,
};
const OPTIONS = exactly("the settings of speakable text", SPEAKABLE_FIELDS);

/** No fence, but code within the line, where there are more backticks behind (https://spec.commonmark.org/0.31.2/#info-string). */
const FENCE = /^\s*(`{3,}(?!.*`)|~{3,})\s*([\w+#.-]{0,30})/;
const RULE = /^ {0,3}(?:[-*_]\s*){3,}$/;
const HEADING = /^ {0,3}#{1,6}\s+/;
const ITEM = /^\s*(?:[-*+•⁃◦▪‣]\s+(?:\[[ xX]\]\s+)?)/;
const QUOTE = /^\s*(?:>\s?)+/;
/** Where a link or a footnote that stands elsewhere leads: an address is not read, a note is. */
const LINK_DEFINITION =
  /^ {0,3}\[[^\]^\n][^\]\n]{0,200}\]:\s+<?(?:[a-z][a-z\d+.-]{0,20}:|www\.|[./#])\S*(?:\s+["'(].*)?\s*$/i;
const NOTE_DEFINITION = /^ {0,3}\[\^[^\]\n]{1,100}\]:\s*/;
/** Whether there is something to say: a letter or a digit. */
const SAYS = /[\p{L}\p{N}]/u;
const ENDS = /[.!?…:;,。！？।؟"”'’)\]]$/;

/**
 * Makes text to be spoken of Markdown, sentence by sentence, as `SentenceSplitter` cuts it: without marks, with links by
 * their text, tables by row and blocks of code announced. It keeps in mind what goes on over several sentences.
 * @example
 * ```ts
 * import { SpeakableText } from "sluice/speech";
 *
 * const speakable = new SpeakableText();
 * speakable.next("## See [the **docs**](https://example.com)\n"); // "See the docs."
 * ```
 */
export class SpeakableText {
  readonly #options: SpeakableOptions;
  readonly #table = new TableReader();
  /** The fence of the block of code that is open. */
  #fence: string | undefined;

  /** @throws {SluiceError} `invalid-argument` for unknown settings. */
  constructor(options: SpeakableOptions = {}) {
    OPTIONS(options, "");
    this.#options = options;
  }

  /** What is to be spoken of the next sentence; `""` where there is nothing. */
  next(sentence: string): string {
    string(sentence, "sentence");
    if (this.#options.markdown === false) return this.#finished(sentence.replace(/\s+/g, " ").trim());
    const spoken: string[] = [];
    for (const line of sentence.split("\n")) {
      const words = this.#line(line);
      if (words !== "") spoken.push(words);
    }
    return this.#finished(spoken.join(" "));
  }

  /** What is left to be spoken when the text is over. */
  end(): string {
    this.#fence = undefined;
    return this.#finished(readInline(this.#table.end()));
  }

  #line(line: string): string {
    if (this.#fence !== undefined) return this.#inCode(line, this.#fence);
    const [, fence, language = ""] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      this.#fence = fence;
      return this.#announced(language);
    }
    if (line.trimStart().startsWith("|")) {
      return this.#options.tables === "skip" ? "" : readInline(this.#table.row(line));
    }
    const before = line.trim() === "" ? "" : readInline(this.#table.end());
    const words = this.#plain(line);
    return before === "" ? words : `${before} ${words}`.trim();
  }

  #plain(line: string): string {
    if (RULE.test(line) || LINK_DEFINITION.test(line)) return "";
    const inner = line.replace(QUOTE, "").replace(NOTE_DEFINITION, "");
    const heading = HEADING.test(inner);
    const item = ITEM.test(inner);
    const words = readInline(
      inner
        .replace(HEADING, "")
        .replace(ITEM, "")
        .replace(/\s#+\s*$/, "")
        .replace(/\\$/, ""),
    );
    // Where a line is a sentence by its form alone, a full stop makes the voice pause.
    return (heading || item) && SAYS.test(words) && !ENDS.test(words) ? `${words}.` : words;
  }

  #announced(language: string): string {
    if (this.#options.code === "skip" || this.#options.code === "read") return "";
    return language === "" ? "Code block." : `Code block in ${language}.`;
  }

  #inCode(line: string, fence: string): string {
    const trimmed = line.trim();
    if (trimmed.startsWith(fence) && trimmed.replaceAll(fence.charAt(0), "") === "") {
      this.#fence = undefined;
      return "";
    }
    return this.#options.code === "read" ? trimmed : "";
  }

  #finished(text: string): string {
    if (!SAYS.test(text)) return "";
    return this.#options.units === true ? speakUnits(text).replace(/\s+/g, " ").trim() : text;
  }
}
