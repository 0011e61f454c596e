/** What was entered, as it can be entered again. */
export interface HistoryEntry {
  text: string;
  /** It was pasted: a message, whatever it begins with. */
  pasted: boolean;
}

/** So many entries are remembered. */
export const MOST_ENTRIES = 1_000;

/** What may be no one's to read later: lines of commands for keys, and what begins with a blank, as in shells. */
const SECRET =
  /^(\s|\/(api-?)?(keys?|tokens?|secrets?|passwords?|login|auth)\b)|^\/set\s+\S*(key|token|secret|password)/i;

/** What was entered, the newest last, and where in it one is. */
export class History {
  readonly #entries: HistoryEntry[];
  readonly #keep: (entry: HistoryEntry) => void;
  /** Where one is, as an index; the length of the entries is what is being written now. */
  #at: number;
  /** What was being written when one began to look. */
  #draft: HistoryEntry = { text: "", pasted: false };

  /** @param keep takes each new entry, to remember it longer than this process lives. */
  constructor(entries: readonly HistoryEntry[] = [], keep: (entry: HistoryEntry) => void = () => {}) {
    this.#entries = entries.slice(-MOST_ENTRIES);
    this.#keep = keep;
    this.#at = this.#entries.length;
  }

  /** Remembers an entry, unless it is the same as the last, blank, or about secrets. */
  add(entry: HistoryEntry): void {
    const last = this.#entries.at(-1);
    const isNew = last?.text !== entry.text || last.pasted !== entry.pasted;
    if (isNew && entry.text.trim() !== "" && (entry.pasted || !SECRET.test(entry.text))) {
      this.#entries.push(entry);
      if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
      this.#keep(entry);
    }
    this.leave();
  }

  /** Goes back to what is written now. */
  leave(): void {
    this.#at = this.#entries.length;
  }

  /** The entry before or after the one where one is; behind the last is what was being written. @param now what is written now. */
  move(by: -1 | 1, now: HistoryEntry): HistoryEntry | undefined {
    const to = this.#at + by;
    if (to < 0 || to > this.#entries.length) return undefined;
    if (this.#at === this.#entries.length) this.#draft = now;
    this.#at = to;
    return this.#entries[to] ?? this.#draft;
  }

  /** The newest entry before an index that contains a text, and its index. */
  search(text: string, before = this.#entries.length): { entry: HistoryEntry; index: number } | undefined {
    const wanted = text.toLowerCase();
    for (let index = Math.min(before, this.#entries.length) - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      if (entry?.text.toLowerCase().includes(wanted)) return { entry, index };
    }
    return undefined;
  }
}
