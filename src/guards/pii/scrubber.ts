import type { TextFilter } from "../text-filter.js";
import { KIND, kindOf } from "./char-kind.js";
import { CodeFence } from "./code-fence.js";
import { HAS, LONG_WORD } from "./entity.js";
import { LongEntity } from "./long-entity.js";
import { plainWord } from "./plain-view.js";
import { type OpenEntity, type Replace, replaceEntities } from "./replace-entities.js";
import type { ScrubRules } from "./scrub-rules.js";
import { schemeLength } from "./url-scheme.js";
import { UrlSecrets } from "./url-secrets.js";

/** The longest stretch that is buffered and looked at as one, in characters. Longer ones are cut. */
export const MAX_WINDOW = 128;
/** How many characters before a stretch its patterns can see. */
export const CONTEXT = 32;
/** How many characters that were released are let go of at once. */
const MOST_RELEASED = 96;
/** What a part of a URL is taken to have. */
const URL_PART = HAS.digit | HAS.at | HAS.longWord;
/** White space after which a phrase cannot go on. */
const WIDEST_GAP = 3;

/** Settings of a `Scrubber`. */
export interface ScrubberOptions {
  /**
   * What to write for an entity, asked once its whole value is known. Default: its placeholder, for example `<IBAN>`, which
   * is written as soon as the entity is recognised.
   */
  replace?: Replace | undefined;
  /** The name of the field whose value the text is: it may say what a number stands for. */
  key?: string | undefined;
}

/**
 * Replaces entities in text that arrives in pieces. It looks at each character once and holds back only the last word,
 * or the last few where they may still become an entity: never more than `MAX_WINDOW` characters and a gap.
 *
 * The text is cut into stretches: a word, or the words of a phrase that may be an entity. Where they begin and end depends
 * on the text alone, and a stretch is searched when it is complete, so the result is the same however the text arrived.
 */
export class Scrubber implements TextFilter {
  readonly #rules: ScrubRules;
  readonly #replace: Replace | undefined;
  readonly #states: Uint8Array;
  readonly #fence: CodeFence | undefined;
  /** The text from a little before the first character that was not released. */
  #text = "";
  /** The first character that was not released. */
  #from = 0;
  /** The first character that was not looked at. */
  #at = 0;
  /** Where the open stretch and the current word begin; -1 when there is none. */
  #window = -1;
  #word = -1;
  /** Where the current word may be cut. */
  #soft = -1;
  /** White space since the last word of the open stretch. */
  #gap = 0;
  #flags = 0;
  #wordFlags = 0;
  /** How many phrases could go on. */
  #live = 0;
  #inUrl = false;
  /** Finds the secrets of the URL; `#window` is then where its current part begins. */
  #url: UrlSecrets | undefined;
  /** The secret of a URL that is being dropped, as far as its value is asked for. */
  #urlSecret: string | undefined;
  #long: LongEntity | undefined;
  /** The long entity so far, where its value is asked for. */
  #whole: OpenEntity | undefined;
  /** A word that was put out before it was complete, and what it has. */
  #glued: { start: number; end: number; flags: number } | undefined;
  #out = "";
  #changed = false;

  constructor(rules: ScrubRules, { replace, key }: ScrubberOptions = {}) {
    this.#rules = rules;
    this.#replace = replace;
    if (key !== undefined) this.#text = `${key}: `;
    this.#from = this.#text.length;
    this.#at = this.#from;
    this.#states = new Uint8Array(rules.phrases.length);
    this.#fence = rules.fences ? new CodeFence() : undefined;
  }

  get buffered(): number {
    return this.#text.length - this.#from;
  }

  get changed(): boolean {
    return this.#changed;
  }

  push(text: string): string {
    this.#forget();
    this.#text += text;
    this.#scan();
    return this.#release(this.#window === -1 ? this.#at : this.#window);
  }

  /** Whether a stretch has begun that may be an entity. */
  get undecided(): boolean {
    if (this.#long !== undefined || this.#url !== undefined) return true;
    if (this.#window === -1) return false;
    return (this.#flags | this.#wordFlags) !== 0 || this.#live > 0 || this.#at - this.#window >= LONG_WORD;
  }

  /** Whether this is code in which nothing is looked for. */
  get verbatim(): boolean {
    return this.#fence?.inCode === true && this.#rules.inCode.length === 0;
  }

  /** Puts out what is buffered, in the middle of a word if need be; what follows still sees it. */
  flush(): string {
    if (this.#long !== undefined || this.#url !== undefined) return "";
    const word = this.#word;
    const flags = this.#wordFlags;
    if (word !== -1) this.#endWord(this.#at);
    this.#closeWindow(this.#at);
    if (word !== -1 && this.#long === undefined) this.#glued = { start: word, end: this.#at, flags };
    return this.#release(this.#at);
  }

  /** What stands in the text here and was scrubbed elsewhere. */
  skip(text: string): void {
    if (this.#window !== -1 || this.#long !== undefined) return;
    this.#forget();
    this.#text += text;
    for (let i = this.#at; i < this.#text.length; i++) this.#fence?.push(this.#text.charCodeAt(i));
    this.#at = this.#text.length;
    this.#from = this.#at;
  }

  end(): string {
    if (this.#inUrl) this.#closeUrl(this.#at);
    if (this.#word !== -1) this.#endWord(this.#at);
    this.#closeWindow(this.#at);
    this.#closeLong();
    return this.#release(this.#at);
  }

  /** Lets go of what was released, but for the context; seldom, since each time it is copied. */
  #forget(): void {
    const gone = this.#from - CONTEXT;
    if (gone < MOST_RELEASED) return;
    this.#text = this.#text.slice(gone);
    this.#from -= gone;
    this.#at -= gone;
    if (this.#window !== -1) this.#window -= gone;
    if (this.#word !== -1) this.#word -= gone;
    this.#soft -= gone;
    if (this.#glued !== undefined) {
      const { start, end, flags } = this.#glued;
      this.#glued = end < gone ? undefined : { start: Math.max(0, start - gone), end: end - gone, flags };
    }
  }

  #release(until: number): string {
    // What follows a long entity waits until it is known not to belong to it.
    const safe = this.#long === undefined ? Math.max(until, this.#from) : this.#from;
    const out = this.#out + this.#text.slice(this.#from, safe);
    this.#out = "";
    this.#from = safe;
    return out;
  }

  #scan(): void {
    const text = this.#text;
    const fence = this.#fence;
    for (let i = this.#at; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const kind = code === SEMICOLON && this.#endsEscape(i) ? KIND.word : kindOf(code);
      if (fence !== undefined && (kind === KIND.newline || !fence.inLine)) fence.push(code);
      if (kind === KIND.word && this.#word !== -1 && i - this.#window < MAX_WINDOW) continue;
      if (this.#long !== undefined) {
        if (this.#belongs(this.#long, code, i)) continue;
        if (this.#from < i) {
          // What waited is text like any other.
          i = this.#from - 1;
          continue;
        }
      }
      if (this.#inUrl) {
        if (!endsUrl(code, kind)) {
          if (this.#url !== undefined) this.#urlCharacter(this.#url, i);
          continue;
        }
        this.#closeUrl(i);
      }
      if (kind >= KIND.word) this.#wordCharacter(kind, i);
      else {
        this.#separator(kind, i);
        if (this.#long !== undefined) this.#belongs(this.#long, code, i);
      }
    }
    this.#at = text.length;
  }

  /** Whether a semicolon ends a character of HTML within a word: `ann&#64;example.com`. */
  #endsEscape(at: number): boolean {
    if (this.#word === -1) return false;
    const from = Math.max(this.#word, at - LONGEST_ESCAPE);
    return HTML_ESCAPE.test(this.#text.slice(from, at));
  }

  /** Drops a character of an entity that is longer than a stretch. */
  #belongs(long: LongEntity, code: number, at: number): boolean {
    const belongs = long.push(code);
    if (belongs === "yes" || belongs === "last") {
      if (this.#whole !== undefined) this.#whole.value += this.#text.slice(this.#from, at + 1);
      this.#from = at + 1;
    }
    if (belongs === "no" || belongs === "last") this.#closeLong();
    return belongs !== "no";
  }

  #openLong(open: OpenEntity): LongEntity {
    if (this.#replace === undefined) this.#out += placeholderOf(open.entity);
    else this.#whole = open;
    this.#long = new LongEntity(open);
    return this.#long;
  }

  #closeLong(): void {
    const whole = this.#whole;
    if (whole !== undefined) this.#out += this.#replace?.(whole.entity, whole.value) ?? placeholderOf(whole.entity);
    this.#whole = undefined;
    this.#long = undefined;
  }

  #wordCharacter(kind: number, at: number): void {
    if (this.#word === -1) {
      this.#word = at;
      this.#soft = -1;
      this.#wordFlags = 0;
      if (this.#window === -1) this.#window = at;
    }
    switch (kind) {
      case KIND.digit:
        this.#wordFlags |= HAS.digit;
        break;
      case KIND.at:
        this.#wordFlags |= HAS.at;
        break;
      case KIND.colon:
        this.#wordFlags |= (this.#wordFlags & HAS.colon) === 0 ? HAS.colon : HAS.colons;
        break;
      case KIND.slash:
        if (this.#rules.urls && this.#beginUrl(at)) return;
        this.#soft = at;
        break;
      case KIND.soft:
      case KIND.mark:
        this.#soft = at;
        break;
    }
    if (at - this.#window >= MAX_WINDOW) this.#cut(at);
  }

  #beginUrl(slash: number): boolean {
    const length = schemeLength(this.#text, this.#word, slash);
    if (length === 0) return false;
    const start = slash + 1 - length;
    this.#flags |= this.#wordFlags;
    this.#closeWindow(start);
    this.#word = -1;
    this.#inUrl = true;
    if (this.#rules.inUrls.length === 0) return true;
    this.#url = new UrlSecrets();
    this.#window = slash + 1;
    return true;
  }

  #urlCharacter(url: UrlSecrets, at: number): void {
    const sign = this.#text.charAt(at);
    const ends = url.ends(sign);
    const dropping = this.#urlSecret !== undefined;
    if (dropping && ends) this.#closeUrlSecret();
    else if (dropping) this.#dropUrlSecret(at + 1);
    if (!ends && at - this.#window < MAX_WINDOW) return;
    const part = this.#text.slice(this.#window, at);
    if (!dropping) this.#searchUrl(url, part, at, !ends);
    if (ends) url.next(part, sign);
    this.#window = ends ? at + 1 : at;
  }

  /** Looks for secrets in a part of a URL. @param open whether the part goes on. */
  #searchUrl(url: UrlSecrets, part: string, end: number, open: boolean): void {
    const start = end - part.length;
    const secret = url.find(part);
    if (secret !== undefined) {
      this.#changed = true;
      this.#out += this.#text.slice(this.#from, start + secret.start);
      this.#from = start + secret.start;
      this.#urlSecret = "";
      this.#dropUrlSecret(start + secret.end);
      if (!open) this.#closeUrlSecret();
      return;
    }
    const stretch = { subject: part, offset: 0, begun: 0, cut: open, seen: URL_PART };
    const found = replaceEntities(stretch, this.#rules.inUrls, this.#replace ?? placeholderOf);
    if (found === undefined) return;
    this.#changed = true;
    this.#out += this.#text.slice(this.#from, start) + found.text;
    this.#from = end;
    if (found.open !== undefined) this.#urlSecret = found.open.value;
  }

  #dropUrlSecret(until: number): void {
    if (this.#replace !== undefined) this.#urlSecret += this.#text.slice(this.#from, until);
    this.#from = until;
  }

  #closeUrlSecret(): void {
    const value = this.#urlSecret;
    if (value !== undefined) this.#out += this.#replace?.("API_KEY", value) ?? placeholderOf("API_KEY");
    this.#urlSecret = undefined;
  }

  #closeUrl(at: number): void {
    this.#inUrl = false;
    const url = this.#url;
    if (url === undefined) return;
    if (this.#urlSecret === undefined) this.#searchUrl(url, this.#text.slice(this.#window, at), at, false);
    else this.#closeUrlSecret();
    this.#url = undefined;
    this.#window = -1;
  }

  #separator(kind: number, at: number): void {
    if (this.#word !== -1) this.#endWord(at);
    if (this.#window === -1) return;
    if (this.#live > 0 && this.#bridges(kind)) return;
    this.#closeWindow(at);
  }

  /** Whether a phrase can go on after a separator. */
  #bridges(kind: number): boolean {
    if (kind === KIND.comma) {
      this.#live = 0;
      for (const [index, phrase] of this.#rules.phrases.entries()) {
        const state = this.#states[index] ?? 0;
        if (state !== 0 && phrase.acrossComma?.(state) === true) this.#live++;
        else this.#states[index] = 0;
      }
    } else if (kind !== KIND.space) return false;
    this.#gap++;
    return this.#live > 0 && this.#gap <= WIDEST_GAP;
  }

  #endWord(at: number): void {
    const start = this.#word;
    this.#word = -1;
    this.#gap = 0;
    if (at - start >= LONG_WORD) this.#wordFlags |= HAS.longWord;
    this.#flags |= this.#wordFlags;
    const word = bare(this.#text.slice(start, at), (this.#wordFlags & HAS.colon) !== 0);
    const opens = (this.#wordFlags & HAS.digit) !== 0 || this.#opens(word);
    if (opens) this.#flags |= HAS.phrase;
    if (opens || this.#live > 0) this.#follow(word, opens);
  }

  #opens(word: string): boolean {
    return this.#rules.opens?.test(word) ?? false;
  }

  /** Takes each phrase on by a word. */
  #follow(word: string, opens: boolean): void {
    this.#live = 0;
    for (const [index, phrase] of this.#rules.phrases.entries()) {
      if (this.#fence?.inCode === true && phrase.inCode === undefined) continue;
      const before = this.#states[index] ?? 0;
      const next = before === 0 ? 0 : phrase.next(before, word);
      const state = next !== 0 || !opens ? next : phrase.begin(word);
      this.#states[index] = state;
      if (state !== 0) this.#live++;
    }
  }

  /** The stretch is too long: what is complete of it is searched as it is. */
  #cut(at: number): void {
    const glued = this.#word > this.#window && this.#isGlued();
    if (this.#word > this.#window && !glued) {
      const word = this.#word;
      this.#closeWindow(word);
      this.#window = word;
      return;
    }
    const end = this.#soft > this.#window && !glued ? this.#soft + 1 : at;
    const flags = this.#wordFlags | HAS.longWord;
    this.#flags |= flags;
    const open = this.#search(this.#window, end, end === at);
    this.#reset();
    if (open !== undefined && this.#belongs(this.#openLong(open), this.#text.charCodeAt(at), at)) {
      this.#word = -1;
      return;
    }
    this.#window = end;
    this.#word = end;
    this.#soft = -1;
    this.#wordFlags = flags;
  }

  /** Whether an entity may have begun whose rest is glued to its last word. */
  #isGlued(): boolean {
    return this.#rules.phrases.some(({ glued }, index) => glued === true && this.#states[index] !== 0);
  }

  #closeWindow(end: number): void {
    if (this.#window === -1) return;
    const searched = this.#flags !== 0 || this.#rules.everyWord || this.#glued?.end === this.#window;
    const open = searched ? this.#search(this.#window, end, false) : undefined;
    this.#reset();
    if (open !== undefined) this.#openLong(open);
  }

  #reset(): void {
    this.#window = -1;
    this.#flags = 0;
    if (this.#live > 0) this.#states.fill(0);
    this.#live = 0;
  }

  /** Replaces what is found in a complete stretch. Returns an entity that may go on behind it. */
  #search(start: number, end: number, cut: boolean): OpenEntity | undefined {
    const rules = this.#fence?.inCode === true ? this.#rules.inCode : this.#rules.inText;
    const base = Math.max(0, start - CONTEXT);
    const subject = this.#text.slice(base, end);
    const glued = this.#glued?.end === start ? this.#glued : undefined;
    const seen = this.#flags | (glued?.flags ?? 0);
    const stretch = { subject, offset: start - base, begun: Math.max(0, (glued?.start ?? start) - base), cut, seen };
    const found = replaceEntities(stretch, rules, this.#replace ?? placeholderOf);
    if (found === undefined) return undefined;
    this.#out += this.#text.slice(this.#from, start) + found.text;
    this.#from = end;
    this.#changed = true;
    return found.open;
  }
}

const SEMICOLON = 0x3b;
/** A character of HTML without its semicolon, at the end of a text. */
const HTML_ESCAPE = /&(?:amp;)?(?:#[\da-fA-FxX]{2,7}|[a-z]{3,6})$/;
const LONGEST_ESCAPE = 14;

/** Signs before the first word of an entity, and a label that is glued to it by a colon. */
const BEFORE = /^['(]*(?:[A-Za-z\u00c0-\u024f\u0370-\u052f][^:\d]*:['(]*)?/;

/** A word as phrases begin with: `'+49`, `(+49`, `**+49` and `tel:+49` begin as `+49` does. */
function bare(written: string, labelled: boolean): string {
  const word = plainWord(written);
  const first = word.charCodeAt(0);
  // Most words are bare, which two comparisons tell.
  if (!labelled && first !== 0x27 && first !== 0x28) return word;
  const rest = word.replace(BEFORE, "");
  return rest === "" ? word : rest;
}

/** The placeholder of an entity. */
export function placeholderOf(entity: string): string {
  return `<${entity}>`;
}

function endsUrl(code: number, kind: number): boolean {
  return kind === KIND.space || kind === KIND.newline || code > 0x24f || '"<>`'.includes(String.fromCharCode(code));
}
