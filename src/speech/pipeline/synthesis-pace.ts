import { estimatedMs } from "./synthesis.js";

/** What a synthesis takes at most before anything is known of a voice, in ms: a request to a slow service. */
const FIRST_GUESS_MS = 1_500;
/** How much one more measurement counts. */
const WEIGHT = 0.4;

/** Learns how long a voice takes until the first sound of a text, and how long the sound of a character lasts. */
export class SynthesisPace {
  #msPerCharacter: number | undefined;
  #soundPerCharacter: number | undefined;

  /** A text of so many characters had its first sound after `ms`. */
  measured(characters: number, ms: number): void {
    this.#msPerCharacter = average(this.#msPerCharacter, ms / Math.max(1, characters));
  }

  /** Its sound lasts for `ms`. */
  heard(characters: number, ms: number): void {
    this.#soundPerCharacter = average(this.#soundPerCharacter, ms / Math.max(1, characters));
  }

  /** How long a synthesis of so many characters takes, in ms. */
  synthesisMs(characters: number): number {
    return this.#msPerCharacter === undefined ? FIRST_GUESS_MS : this.#msPerCharacter * characters;
  }

  /** How long their sound will last, in ms. */
  soundMs(characters: number): number {
    return this.#soundPerCharacter === undefined ? estimatedMs(" ") * characters : this.#soundPerCharacter * characters;
  }
}

function average(before: number | undefined, value: number): number {
  return before === undefined ? value : before + WEIGHT * (value - before);
}
