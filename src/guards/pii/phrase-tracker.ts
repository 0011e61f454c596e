import { KIND } from "./char-kind.js";
import type { Phrase } from "./entity.js";
import type { ScrubRules } from "./scrub-rules.js";

/** White space after which a phrase cannot go on. */
const WIDEST_GAP = 3;

/** Follows all phrases through a text, word by word. */
export class PhraseTracker {
  readonly #phrases: readonly Phrase[];
  readonly #opens: RegExp | undefined;
  readonly #states: Uint8Array;
  /** How many phrases could go on. */
  #live = 0;
  /** White space since the last word. */
  #gap = 0;

  constructor({ phrases, opens }: Pick<ScrubRules, "phrases" | "opens">) {
    this.#phrases = phrases;
    this.#opens = opens;
    this.#states = new Uint8Array(phrases.length);
  }

  /** Whether a phrase could go on. */
  get live(): boolean {
    return this.#live > 0;
  }

  /** Whether an entity may have begun whose rest is glued to its last word. */
  get glued(): boolean {
    return this.#phrases.some(({ glued }, index) => glued === true && this.#states[index] !== 0);
  }

  /** Takes each phrase on by a word. Returns whether it may begin one. */
  push(word: string, hasDigit: boolean, inCode: boolean): boolean {
    this.#gap = 0;
    const opens = hasDigit || (this.#opens?.test(word) ?? false);
    if (opens || this.#live > 0) this.#follow(word, opens, inCode);
    return opens;
  }

  /** Whether a phrase can go on after a separator of this kind. */
  bridges(kind: number): boolean {
    if (kind === KIND.comma) this.#passComma();
    else if (kind !== KIND.space) return false;
    this.#gap++;
    return this.#live > 0 && this.#gap <= WIDEST_GAP;
  }

  /** None goes on. */
  reset(): void {
    if (this.#live > 0) this.#states.fill(0);
    this.#live = 0;
  }

  #follow(word: string, opens: boolean, inCode: boolean): void {
    this.#live = 0;
    for (const [index, phrase] of this.#phrases.entries()) {
      if (inCode && phrase.inCode === undefined) continue;
      const before = this.#states[index] ?? 0;
      const next = before === 0 ? 0 : phrase.next(before, word);
      const state = next !== 0 || !opens ? next : phrase.begin(word);
      this.#states[index] = state;
      if (state !== 0) this.#live++;
    }
  }

  #passComma(): void {
    this.#live = 0;
    for (const [index, phrase] of this.#phrases.entries()) {
      const state = this.#states[index] ?? 0;
      if (state !== 0 && phrase.acrossComma?.(state) === true) this.#live++;
      else this.#states[index] = 0;
    }
  }
}
