/** Sends a text piece by piece while audio is being read. */
export class TextSender {
  #stopped = false;

  /** Rejects with what the text failed with, and never resolves. */
  send(text: AsyncIterable<string>, send: (piece: string) => void, end: () => void): Promise<never> {
    const failed = new Promise<never>((_, reject) => {
      void (async () => {
        try {
          for await (const piece of text) {
            if (this.#stopped) return;
            if (piece !== "") send(piece);
          }
          if (!this.#stopped) end();
        } catch (thrown) {
          reject(thrown);
        }
      })();
    });
    failed.catch(() => {});
    return failed;
  }

  stop(): void {
    this.#stopped = true;
  }
}
