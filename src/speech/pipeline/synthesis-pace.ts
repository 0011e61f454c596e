import { estimatedMs } from "./synthesis.js";

/** What a synthesis takes at most before anything is known of a voice, in ms: a request to a slow service. */
const FIRST_GUESS_MS = 1_500;
/** How much one more measurement counts. */
const WEIGHT = 0.4;

/** Learns how long a voice takes until the first audio of a text, and how long the audio of a character lasts. */
export class SynthesisPace {
  #msPerCharacter: number | undefined;
  #audioPerCharacter: number | undefined;

  /** A text of so many characters had its first audio after `ms`. */
  measured(characters: number, ms: number): void {
    this.#msPerCharacter = average(this.#msPerCharacter, ms / Math.max(1, characters));
  }

  /** Its audio lasts for `ms`. */
  heard(characters: number, ms: number): void {
    this.#audioPerCharacter = average(this.#audioPerCharacter, ms / Math.max(1, characters));
  }

  /** How long a synthesis of so many characters takes, in ms. */
  synthesisMs(characters: number): number {
    return this.#msPerCharacter === undefined ? FIRST_GUESS_MS : this.#msPerCharacter * characters;
  }

  /** How long their audio will last, in ms. */
  audioMs(characters: number): number {
    return this.#audioPerCharacter === undefined ? estimatedMs(" ") * characters : this.#audioPerCharacter * characters;
  }
}

function average(before: number | undefined, value: number): number {
  return before === undefined ? value : before + WEIGHT * (value - before);
}
