import type { BufferedText } from "./buffered-text.js";
import { HAS, MAX_WINDOW, type Rule } from "./entity.js";
import { placeholderOf, type Replace, replaceEntities } from "./replace-entities.js";
import { UrlSecrets } from "./url-secrets.js";

/** What a part of a URL is taken to have. */
const URL_PART = HAS.digit | HAS.at | HAS.longWord;

/** Settings of a `UrlScrubber`. */
export interface UrlScrubberOptions {
  /** Asked for what to write once a whole secret is known. Default: its placeholder. */
  replace: Replace | undefined;
  /** The place behind the URL's scheme. */
  start: number;
}

/** Replaces the secrets in a URL that is left alone otherwise, part by part. */
export class UrlScrubber {
  readonly #text: BufferedText;
  readonly #rules: readonly Rule[];
  readonly #replace: Replace | undefined;
  readonly #secrets = new UrlSecrets();
  #part: number;
  /** The secret that is being dropped, as far as its value is asked for. */
  #dropped: string | undefined;

  constructor(text: BufferedText, rules: readonly Rule[], { replace, start }: UrlScrubberOptions) {
    this.#text = text;
    this.#rules = rules;
    this.#replace = replace;
    this.#part = start;
  }

  /** The place where the current part begins. */
  get part(): number {
    return this.#part;
  }

  /** All places are so much less. */
  shift(gone: number): void {
    this.#part -= gone;
  }

  /** Looks at the next character of the URL. */
  character(at: number): void {
    const sign = this.#text.slice(at, at + 1);
    const ends = this.#secrets.ends(sign);
    const dropping = this.#dropped !== undefined;
    if (dropping && ends) this.#endSecret();
    else if (dropping) this.#drop(at + 1);
    if (!ends && at - this.#part < MAX_WINDOW) return;
    const part = this.#text.slice(this.#part, at);
    if (!dropping) this.#search(part, at, !ends);
    if (ends) this.#secrets.next(part, sign);
    this.#part = ends ? at + 1 : at;
  }

  /** The URL is over. */
  close(at: number): void {
    if (this.#dropped === undefined) this.#search(this.#text.slice(this.#part, at), at, false);
    else this.#endSecret();
  }

  /** Looks for secrets in a part. @param open whether the part goes on. */
  #search(part: string, end: number, open: boolean): void {
    const start = end - part.length;
    const secret = this.#secrets.find(part);
    if (secret !== undefined) {
      this.#text.pass(start + secret.start);
      this.#dropped = "";
      this.#drop(start + secret.end);
      if (!open) this.#endSecret();
      return;
    }
    const stretch = { subject: part, offset: 0, begun: 0, cut: open, seen: URL_PART };
    const found = replaceEntities(stretch, this.#rules, this.#replace ?? placeholderOf);
    if (found === undefined) return;
    this.#text.pass(start);
    this.#text.write(found.text);
    this.#text.drop(end);
    if (found.open !== undefined) this.#dropped = found.open.value;
  }

  #drop(until: number): void {
    if (this.#replace !== undefined) this.#dropped += this.#text.slice(this.#text.from, until);
    this.#text.drop(until);
  }

  #endSecret(): void {
    const value = this.#dropped;
    if (value !== undefined) this.#text.write(this.#replace?.("API_KEY", value) ?? placeholderOf("API_KEY"));
    this.#dropped = undefined;
  }
}
