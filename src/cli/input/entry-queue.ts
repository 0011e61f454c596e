/** Entries that nobody has asked for yet. */
export class EntryQueue<T> {
  #entries: T[] = [];

  push(entry: T): void {
    this.#entries.push(entry);
  }

  shift(): T | undefined {
    return this.#entries.shift();
  }

  /** @returns how many there were. */
  clear(): number {
    return this.#entries.splice(0).length;
  }

  /** Sets the entries aside while a question is asked, to which none of them is the answer. */
  async setAside<R>(question: () => Promise<R>): Promise<R> {
    const entries = this.#entries;
    this.#entries = [];
    const answer = await question();
    this.#entries = entries;
    return answer;
  }
}
