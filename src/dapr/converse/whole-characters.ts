/**
 * Keeps a character together that came in two pieces. Protobuf's texts are UTF-8, which has no halves of characters, where
 * JavaScript's strings have them for everything beyond U+FFFF.
 */
export class WholeText {
  #half = "";

  /** The text with what was buffered, without half a character at its end. */
  push(text: string): string {
    const whole = this.#half === "" ? text : this.#half + text;
    const last = whole.charCodeAt(whole.length - 1);
    const half = last >= 0xd800 && last <= 0xdbff;
    this.#half = half ? whole.slice(-1) : "";
    return half ? whole.slice(0, -1) : whole;
  }

  /** What to say at the end: half a character that nothing followed is the sign for one that cannot be shown. */
  end(): string {
    const rest = this.#half === "" ? "" : "\ufffd";
    this.#half = "";
    return rest;
  }
}
