import { StringDecoder } from "node:string_decoder";
import { cleanPaste } from "./clean-paste.js";
import { decodeKey } from "./decode-key.js";
import { type Key, pressed } from "./key.js";

/** What a terminal puts around a paste once it was asked to (xterm's control sequences, "Bracketed Paste Mode"). */
const PASTE_BEGIN = "\u001b[200~";
const PASTE_END = "\u001b[201~";

/** An escape after which nothing came for so long is the key. */
const ESCAPE_MS = 100;
/** A Ctrl-C that comes alone, after a paste was silent for so long, is the key: the paste's end was lost. */
const LOST_END_MS = 500;

/**
 * Reads keys and pastes from the bytes of a terminal. Where the bytes are cut carries no meaning, but for an escape that
 * stays alone. What is read at once is given at once: who shows it shows it once.
 */
export class KeyReader {
  readonly #take: (keys: readonly Key[]) => void;
  readonly #now: () => number;
  readonly #decoder = new StringDecoder("utf8");
  /** What has arrived and is not yet a key. */
  #begun = "";
  /** The pieces of a paste whose end has not arrived. */
  #paste: string[] | undefined;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param now for tests: a clock in ms. */
  constructor(take: (keys: readonly Key[]) => void, now: () => number = () => performance.now()) {
    this.#take = take;
    this.#now = now;
  }

  /** Reads what has arrived. */
  push(chunk: Buffer | string): void {
    clearTimeout(this.#timer);
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(chunk);
    const silentMs = this.#now() - this.#readAt;
    this.#readAt = this.#now();
    const keys: Key[] = [];
    if (this.#paste !== undefined && text === "\u0003" && silentMs >= LOST_END_MS) {
      keys.push(this.#endPaste(this.#begun), pressed("c", { ctrl: true }));
      this.#begun = "";
    } else {
      this.#begun += text;
      this.#read(keys, false);
    }
    if (keys.length > 0) this.#take(keys);
    if (this.#begun !== "" && this.#paste === undefined) this.#timer = setTimeout(() => this.#flush(), ESCAPE_MS);
  }

  /** Nothing more will come. */
  end(): void {
    clearTimeout(this.#timer);
    this.#flush();
  }

  #flush(): void {
    const keys: Key[] = [];
    this.#read(keys, true);
    if (keys.length > 0) this.#take(keys);
  }

  #read(keys: Key[], isWhole: boolean): void {
    for (;;) {
      if (this.#paste !== undefined) {
        if (!this.#readPaste(keys)) return;
      } else if (this.#begun.startsWith(PASTE_BEGIN)) {
        this.#begun = this.#begun.slice(PASTE_BEGIN.length);
        this.#paste = [];
      } else {
        if (this.#begun === "") return;
        const decoded = decodeKey(this.#begun, isWhole);
        if (decoded === undefined) return;
        this.#begun = this.#begun.slice(decoded.length);
        if (decoded.key !== undefined) keys.push(decoded.key);
      }
    }
  }

  /** @returns whether the paste is over. */
  #readPaste(keys: Key[]): boolean {
    const end = this.#begun.indexOf(PASTE_END);
    if (end === -1) {
      const kept = lengthOfBeginning(PASTE_END, this.#begun);
      this.#paste?.push(this.#begun.slice(0, this.#begun.length - kept));
      this.#begun = this.#begun.slice(this.#begun.length - kept);
      return false;
    }
    keys.push(this.#endPaste(this.#begun.slice(0, end)));
    this.#begun = this.#begun.slice(end + PASTE_END.length);
    return true;
  }

  #endPaste(last: string): Key {
    const text = [...(this.#paste ?? []), last].join("");
    this.#paste = undefined;
    return { type: "paste", text: cleanPaste(text) };
  }
}

/** How many characters at the end of a text may be the beginning of a mark. */
function lengthOfBeginning(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
