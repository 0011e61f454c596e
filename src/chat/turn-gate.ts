import { SluiceError } from "../stream/error.js";

/** Lets one turn of a conversation run at a time. */
export class TurnGate {
  #turn: { ending: boolean; over: Promise<void> } | undefined;

  /** Waits until a turn that is ending is stored. Does not wait for one that still runs. */
  async settled(): Promise<void> {
    if (this.#turn?.ending) await this.#turn.over;
  }

  /** The running turn is over, and is being stored. */
  ending(): void {
    if (this.#turn !== undefined) this.#turn.ending = true;
  }

  /**
   * Checks that no turn runs.
   *
   * @throws {SluiceError} `conflict` when one does.
   */
  check(): void {
    if (this.#turn === undefined) return;
    throw new SluiceError(
      "conflict",
      "a turn of this conversation is running: wait for it, or open another Conversation",
    );
  }

  /**
   * Makes the caller the one running turn; returns how to say that it is over.
   *
   * @throws {SluiceError} `conflict` when another one runs.
   */
  enter(): () => void {
    this.check();
    let over = () => {};
    this.#turn = { ending: false, over: new Promise<void>((resolve) => (over = resolve)) };
    return () => {
      this.#turn = undefined;
      over();
    };
  }
}
