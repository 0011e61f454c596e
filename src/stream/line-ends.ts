/** Makes each line end of text that arrives in pieces a single `\n`: `\r\n`, whose halves may come apart, and a lone `\r`. */
export class LineEnds {
  /** Whether the last piece ended with a `\r`, whose line end has gone out. */
  #return = false;

  /** Takes a piece; returns it with its line ends. */
  push(text: string): string {
    if (text === "") return "";
    const rest = this.#return && text.startsWith("\n") ? text.slice(1) : text;
    this.#return = text.endsWith("\r");
    return rest.includes("\r") ? rest.replace(/\r\n?/g, "\n") : rest;
  }
}
