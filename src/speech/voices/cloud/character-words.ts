import type { WordMark } from "../voice.js";

/** Makes words of characters and their times, which come in pieces that may end within a word. */
export class CharacterWords {
  #text = "";
  #startMs = 0;
  #endMs = 0;

  /** Takes the next characters; returns the words that are complete. */
  push(
    characters: readonly string[],
    startsMs: readonly number[],
    endsMs: readonly number[],
    offsetMs: number,
  ): WordMark[] {
    const words: WordMark[] = [];
    for (const [index, character] of characters.entries()) {
      if (character.trim() === "") {
        words.push(...this.end());
        continue;
      }
      if (this.#text === "") this.#startMs = Math.round((startsMs[index] ?? 0) + offsetMs);
      this.#text += character;
      this.#endMs = Math.round((endsMs[index] ?? 0) + offsetMs);
    }
    return words;
  }

  /** The word at the end of the text. */
  end(): WordMark[] {
    if (this.#text === "") return [];
    const word = { text: this.#text, startMs: this.#startMs, endMs: this.#endMs };
    this.#text = "";
    return [word];
  }
}
