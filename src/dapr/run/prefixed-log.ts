/** Where text goes. A promise says when it can take more. */
export type Sink = (text: string) => Promise<void> | undefined;

/** One of those who write to a `PrefixedLog`. */
export interface LogSource {
  /** Writes a piece of text, cut anywhere. */
  push(text: string): Promise<void> | undefined;
  /** Ends the last line, where it is open. */
  end(): Promise<void> | undefined;
}

/**
 * A console that several write to at once, each line with the prefix of who wrote it. Lines of different writers do not
 * mix: whole lines are written at a time. A live console shows an open line as it grows, so that an answer that streams is
 * seen to stream; another's line then breaks it, and its rest goes on behind its prefix.
 */
export class PrefixedLog {
  readonly #live: boolean;
  /** Whose line stands unfinished on the console. */
  #unfinished: PrefixedSource | undefined;

  constructor(options: { live: boolean }) {
    this.#live = options.live;
  }

  /** @param prefix of each line, with the space after it. */
  source(prefix: string, sink: Sink): LogSource {
    const turn = (source: PrefixedSource, leavesOpen: boolean) => {
      if (this.#unfinished !== source) this.#unfinished?.interrupt();
      this.#unfinished = leavesOpen ? source : undefined;
    };
    return new PrefixedSource(prefix, sink, this.#live, turn);
  }
}

class PrefixedSource implements LogSource {
  readonly #prefix: string;
  readonly #sink: Sink;
  readonly #live: boolean;
  /** Is called before each write: another's open line is ended first. */
  readonly #turn: (source: PrefixedSource, leavesOpen: boolean) => void;
  /** The beginning of a line that waits for its end. */
  #openLine = "";
  /** Whether its last line stands on the console without an end. */
  #open = false;
  /** Whether another ended its line: then the end that is still to come ends nothing. */
  #interrupted = false;

  constructor(prefix: string, sink: Sink, live: boolean, turn: (source: PrefixedSource, leavesOpen: boolean) => void) {
    this.#prefix = prefix;
    this.#sink = sink;
    this.#live = live;
    this.#turn = turn;
  }

  push(text: string): Promise<void> | undefined {
    if (this.#live) return this.#write(text);
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#openLine += text;
      return undefined;
    }
    const lines = this.#openLine + text.slice(0, end);
    this.#openLine = text.slice(end);
    return this.#write(lines);
  }

  end(): Promise<void> | undefined {
    const rest = this.#openLine;
    this.#openLine = "";
    return this.#open || rest !== "" ? this.#write(`${rest}\n`) : undefined;
  }

  interrupt(): void {
    this.#open = false;
    this.#interrupted = true;
    void this.#sink("\n");
  }

  #write(given: string): Promise<void> | undefined {
    const text = this.#interrupted && given.startsWith("\n") ? given.slice(1) : given;
    if (given !== "") this.#interrupted = false;
    if (text === "") return undefined;
    const first = this.#open ? "" : this.#prefix;
    this.#open = !text.endsWith("\n");
    this.#turn(this, this.#open);
    const body = (this.#open ? text : text.slice(0, -1)).replaceAll("\n", () => `\n${this.#prefix}`);
    return this.#sink(this.#open ? first + body : `${first}${body}\n`);
  }
}
