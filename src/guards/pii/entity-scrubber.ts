import type { TextFilter } from "../text-filter.js";
import { BufferedText, CONTEXT } from "./buffered-text.js";
import { KIND, kindOf } from "./char-kind.js";
import { CodeFence, NEWLINE } from "./code-fence.js";
import { HAS, LONG_WORD, MAX_WINDOW } from "./entity.js";
import { LongEntity } from "./long-entity.js";
import { PhraseTracker } from "./phrase-tracker.js";
import { phraseWord } from "./phrase-word.js";
import { type OpenEntity, placeholderOf, type Replace, replaceEntities } from "./replace-entities.js";
import type { ScrubRules } from "./scrub-rules.js";
import type { ScrubberOptions } from "./scrubber-options.js";
import { signLength } from "./sign-length.js";
import { mayFollowBlank, UNKNOWN } from "./spelled-sign.js";
import { endsUrl, schemeLength } from "./url-scheme.js";
import { UrlScrubber } from "./url-scrubber.js";

/**
 * Replaces entities in text that arrives in pieces. It looks at each character once and buffers only the last word,
 * or the last few where they may still become an entity: never more than `MAX_WINDOW` characters and a gap.
 *
 * The text is cut into stretches: a word, or the words of a phrase that may be an entity. Where they begin and end depends
 * on the text alone, and a stretch is searched when it is complete, so the result is the same however the text arrived.
 */
export class EntityScrubber implements TextFilter {
  readonly #rules: ScrubRules;
  readonly #replace: Replace | undefined;
  readonly #fence: CodeFence | undefined;
  readonly #text: BufferedText;
  readonly #phrases: PhraseTracker;
  /** The first character that was not looked at. */
  #at: number;
  /** Where the open stretch and the current word begin; -1 when there is none. */
  #window = -1;
  #word = -1;
  /** Where the current word may be cut. */
  #soft = -1;
  #flags = 0;
  #wordFlags = 0;
  #inUrl = false;
  /** Of a URL whose secrets are looked for. */
  #url: UrlScrubber | undefined;
  #long: LongEntity | undefined;
  /** The long entity so far, where its value is asked for. */
  #whole: OpenEntity | undefined;
  /** A word that was put out before it was complete, and what it has. */
  #glued: { start: number; end: number; flags: number } | undefined;

  /** Not checked: each JSON string of a guarded tool call has one, and all have the guard's rules. */
  constructor(rules: ScrubRules, { replace, key }: ScrubberOptions = {}) {
    this.#rules = rules;
    this.#replace = replace;
    this.#text = new BufferedText(key === undefined ? "" : `${key}: `);
    this.#at = this.#text.end;
    this.#phrases = new PhraseTracker(rules);
    this.#fence = rules.fences ? new CodeFence() : undefined;
  }

  get buffered(): number {
    return this.#text.end - this.#text.from;
  }

  get changed(): boolean {
    return this.#text.changed;
  }

  push(text: string, ahead = ""): string {
    this.#forget();
    this.#text.push(text);
    this.#scan(ahead);
    if (this.#url !== undefined) return this.#release(this.#url.part);
    return this.#release(this.#window === -1 ? this.#at : this.#window);
  }

  /** Whether a stretch has begun that may be an entity. */
  get undecided(): boolean {
    if (this.#long !== undefined || this.#url !== undefined) return true;
    if (this.#window === -1) return false;
    return (this.#flags | this.#wordFlags) !== 0 || this.#phrases.live || this.#at - this.#window >= LONG_WORD;
  }

  /** Whether this is code in which nothing is looked for. */
  get verbatim(): boolean {
    return this.#fence?.inCode === true && this.#rules.inCode.length === 0;
  }

  /** Puts out what is buffered, in the middle of a word if need be; what follows still sees it. */
  flush(): string {
    this.#scan("", true);
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
    if (this.#window !== -1 || this.#long !== undefined || this.#url !== undefined) return;
    this.#forget();
    this.#text.skip(text);
    for (let i = 0; i < text.length; i++) this.#fence?.push(text.charCodeAt(i));
    this.#at = this.#text.end;
  }

  end(): string {
    this.#scan("", true);
    if (this.#inUrl) this.#closeUrl(this.#at);
    if (this.#word !== -1) this.#endWord(this.#at);
    this.#closeWindow(this.#at);
    this.#closeLong();
    return this.#release(this.#at);
  }

  /** Lets go of what was released, but for the context. */
  #forget(): void {
    const gone = this.#text.forget();
    if (gone === 0) return;
    this.#at -= gone;
    if (this.#window !== -1) this.#window -= gone;
    if (this.#word !== -1) this.#word -= gone;
    this.#soft -= gone;
    this.#url?.shift(gone);
    if (this.#glued !== undefined) {
      const { start, end, flags } = this.#glued;
      this.#glued = end < gone ? undefined : { start: Math.max(0, start - gone), end: end - gone, flags };
    }
  }

  #release(until: number): string {
    // What follows a long entity waits until it is known not to belong to it.
    if (this.#long === undefined) this.#text.pass(until);
    return this.#text.take();
  }

  /**
   * @param ahead what is known to follow.
   * @param final whether nothing else follows.
   */
  #scan(ahead: string, final = false): void {
    const text = this.#text;
    const fence = this.#fence;
    const { end, base, rest } = text;
    const known = ahead === "" ? rest : rest + ahead;
    for (let i = this.#at; i < end; i++) {
      const code = rest.charCodeAt(i - base);
      let kind = kindOf(code);
      // Most characters are letters within a word.
      if (kind === KIND.word && this.#word !== -1 && i - this.#window < MAX_WINDOW && fence?.inLine !== false) continue;
      if (this.#word !== -1 && (kind === KIND.space ? mayFollowBlank(known, i + 1 - base) : kind >= KIND.sign)) {
        const length = this.#signLength(i, ahead, final);
        if (length === UNKNOWN) {
          this.#at = i;
          return;
        }
        if (length > 1) {
          i += length - 1;
          continue;
        }
        if (length === 1) kind = KIND.word;
      }
      if (kind === KIND.sign) kind = KIND.break;
      if (fence !== undefined && (kind === KIND.newline || !fence.inLine)) fence.push(code);
      if (this.#long !== undefined) {
        if (this.#belongs(this.#long, code, i)) continue;
        if (text.from < i) {
          // What waited is text like any other.
          i = text.from - 1;
          continue;
        }
      }
      if (this.#inUrl) {
        if (!endsUrl(code, kind)) {
          this.#url?.character(i);
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
    this.#at = end;
  }

  /** See `signLength`; notes what belongs to the current word. */
  #signLength(at: number, ahead: string, final: boolean): number {
    const text = this.#text;
    const word = { text, start: this.#word, window: this.#window, flags: this.#wordFlags };
    const length = signLength(word, at, ahead, final);
    if (length <= 1) return length;
    this.#wordFlags |= HAS.spelled;
    if (text.codeAt(at + length - 1) === NEWLINE) this.#fence?.push(NEWLINE);
    return length;
  }

  /** Drops a character of an entity that is longer than a stretch. */
  #belongs(long: LongEntity, code: number, at: number): boolean {
    const belongs = long.push(code);
    if (belongs === "yes" || belongs === "last") {
      if (this.#whole !== undefined) this.#whole.value += this.#text.slice(this.#text.from, at + 1);
      this.#text.drop(at + 1);
    }
    if (belongs === "no" || belongs === "last") this.#closeLong();
    return belongs !== "no";
  }

  #openLong(open: OpenEntity): LongEntity {
    if (this.#replace === undefined) this.#text.write(placeholderOf(open.entity));
    else this.#whole = open;
    this.#long = new LongEntity(open);
    return this.#long;
  }

  #closeLong(): void {
    const whole = this.#whole;
    if (whole !== undefined)
      this.#text.write(this.#replace?.(whole.entity, whole.value) ?? placeholderOf(whole.entity));
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
      case KIND.opening:
        this.#soft = at;
        break;
    }
    if (at - this.#window >= MAX_WINDOW) this.#cut(at);
  }

  #beginUrl(slash: number): boolean {
    const written = this.#text.slice(this.#word, slash + 1);
    const length = schemeLength(written, 0, written.length - 1);
    if (length === 0) return false;
    const start = slash + 1 - length;
    this.#flags |= this.#wordFlags;
    this.#closeWindow(start);
    this.#word = -1;
    this.#inUrl = true;
    if (this.#rules.inUrls.length === 0) return true;
    this.#url = new UrlScrubber(this.#text, this.#rules.inUrls, { replace: this.#replace, start: slash + 1 });
    return true;
  }

  #closeUrl(at: number): void {
    this.#inUrl = false;
    this.#url?.close(at);
    this.#url = undefined;
  }

  #separator(kind: number, at: number): void {
    if (this.#word !== -1) this.#endWord(at);
    if (this.#window === -1) return;
    if (this.#phrases.live && this.#phrases.bridges(kind)) return;
    this.#closeWindow(at);
  }

  #endWord(at: number): void {
    const start = this.#word;
    this.#word = -1;
    if (at - start >= LONG_WORD) this.#wordFlags |= HAS.longWord;
    this.#flags |= this.#wordFlags;
    const word = phraseWord(this.#text.slice(start, at), this.#wordFlags);
    const inCode = this.#fence?.inCode === true;
    if (this.#phrases.push(word, (this.#wordFlags & HAS.digit) !== 0, inCode)) this.#flags |= HAS.phrase;
  }

  /** The stretch is too long: what is complete of it is searched as it is. */
  #cut(at: number): void {
    const glued = this.#word > this.#window && this.#phrases.glued;
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
    if (open !== undefined && this.#belongs(this.#openLong(open), this.#text.codeAt(at), at)) {
      this.#word = -1;
      return;
    }
    this.#window = end;
    this.#word = end;
    this.#soft = -1;
    this.#wordFlags = flags;
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
    this.#phrases.reset();
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
    this.#text.pass(start);
    this.#text.write(found.text);
    this.#text.drop(end);
    return found.open;
  }
}
