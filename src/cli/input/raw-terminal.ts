import type { Io } from "../io.js";
import type { Key } from "./key.js";
import { KeyReader } from "./key-reader.js";
import type { Screen } from "./screen.js";

/** Asks a terminal to mark pastes, and not to any more (xterm's control sequences, "Bracketed Paste Mode"). */
const MARK_PASTES = "\u001b[?2004h";
const LEAVE_PASTES = "\u001b[?2004l";

/** A process that stops itself has stopped by then, or never will: it has no shell that could let it go on. */
const STOPPED_MS = 100;

/** A terminal whose keys are ours: it shows none of them by itself. */
export class RawTerminal {
  readonly #input: Io["stdin"];
  readonly #screen: Screen;
  readonly #keys: KeyReader;
  #isEntered = false;
  readonly #onData = (chunk: Buffer | string) => this.#keys.push(chunk);
  readonly #onExit = () => this.leave();

  constructor(input: Io["stdin"], screen: Screen, take: (keys: readonly Key[]) => void) {
    this.#input = input;
    this.#screen = screen;
    this.#keys = new KeyReader(take);
  }

  /** Takes the keys. */
  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#input.setRawMode?.(true);
    this.#input.on("data", this.#onData).resume();
    this.#screen.write(MARK_PASTES);
    // However the process ends, the terminal is the shell's again.
    process.once("exit", this.#onExit);
  }

  /** Gives the terminal back. */
  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    process.off("exit", this.#onExit);
    this.#input.off("data", this.#onData);
    this.#input.pause();
    this.#keys.end();
    this.#screen.write(LEAVE_PASTES);
    this.#input.setRawMode?.(false);
  }

  /** Stops this process, as Ctrl-Z does, until the shell lets it go on. Does nothing where there are no jobs. */
  suspend(goOn: () => void): void {
    if (process.platform === "win32" || this.#input !== process.stdin) {
      goOn();
      return;
    }
    this.leave();
    process.kill(process.pid, "SIGTSTP");
    // While the process is stopped, no time passes for it; the timer keeps it alive when it goes on.
    setTimeout(() => {
      this.enter();
      goOn();
    }, STOPPED_MS);
  }

  /** The shell had the terminal meanwhile: takes it anew. @returns `false` where it was given back. */
  renew(): boolean {
    if (!this.#isEntered) return false;
    this.#input.setRawMode?.(false);
    this.#input.setRawMode?.(true);
    this.#screen.write(MARK_PASTES);
    return true;
  }
}
