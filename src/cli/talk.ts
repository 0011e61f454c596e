import { SluiceError } from "../stream/error.js";
import type { ChatSession } from "./chat-session.js";
import { EXIT, exitCodeOfSignal } from "./exit-code.js";
import { completeCommand } from "./input/complete-command.js";
import { type OpenedInput, openTypedInput } from "./input/open-typed-input.js";
import type { Entry } from "./input/read-entry.js";
import type { EndSignal, Io } from "./io.js";
import { reportError } from "./report-error.js";
import { whereabouts } from "./whereabouts.js";

/**
 * Talks at a terminal until it is left. Ctrl-C stops the answer and forgets what waits behind it, clears what is half written, and where
 * there is neither says how to leave; once more, it leaves. Ctrl-D leaves.
 *
 * @param command how the conversation is gone on with, for example `sluice chat`.
 * @returns the exit code.
 */
export async function talk(session: ChatSession, io: Io, command: string): Promise<number> {
  const talking = new Talk(session, io, command);
  try {
    return await talking.run();
  } finally {
    talking.leave();
  }
}

class Talk {
  readonly #session: ChatSession;
  readonly #io: Io;
  readonly #command: string;
  readonly #opened: OpenedInput;
  readonly #stopListening: () => void;
  #code: number = EXIT.ok;
  /** How often the answer that is being shown was stopped. */
  #stops = 0;
  /** Messages that waited behind an answer that was stopped. */
  #forgotten = 0;
  /** Leaves without waiting for what goes on. */
  #leaveNow: () => void = () => {};
  readonly #left: Promise<"leave">;

  constructor(session: ChatSession, io: Io, command: string) {
    this.#session = session;
    this.#io = io;
    this.#command = command;
    this.#left = new Promise((resolve) => {
      this.#leaveNow = () => resolve("leave");
    });
    this.#opened = openTypedInput(io, {
      complete: (text) => completeCommand(session, text),
      onInterrupt: () => this.#onSignal("SIGINT"),
      isPrivate: session.isPrivate,
    });
    this.#stopListening = io.onInterrupt((signal) => this.#onSignal(signal));
    session.nextLine = () => this.#opened.input.ask();
  }

  async run(): Promise<number> {
    const { input } = this.#opened;
    this.#session.notify('/help lists commands; """ begins several lines; Ctrl-C stops an answer, Ctrl-D leaves.');
    for (;;) {
      const entry = await Promise.race([input.next(), this.#left]);
      if (entry === undefined || entry === "leave") break;
      this.#stops = 0;
      if ((await Promise.race([this.#enter(entry), this.#left])) === "leave") break;
      if (this.#code !== EXIT.ok) break;
      this.#reportForgotten();
    }
    this.leave();
    const where = await whereabouts(this.#session, this.#command, "after");
    if (where !== undefined) this.#session.notify(where);
    return this.#code;
  }

  /** Gives the terminal back. */
  leave(): void {
    this.#stopListening();
    this.#opened.leave();
  }

  async #enter({ kind, text }: Entry): Promise<"leave" | "stay"> {
    try {
      if (kind === "command") return await this.#session.command(text);
      await this.#session.say(text);
    } catch (thrown) {
      reportError(SluiceError.from(thrown, "protocol"), this.#io);
    }
    return "stay";
  }

  #reportForgotten(): void {
    const count = this.#forgotten;
    this.#forgotten = 0;
    const what = count === 1 ? "a message that waited is" : `${count} messages that waited are`;
    if (count > 0) this.#session.print(`[${what} not sent: the up arrow brings it back]`);
  }

  #onSignal(signal: EndSignal): void {
    const { input } = this.#opened;
    const isStopped = this.#session.interrupt();
    const forgotten = input.forget();
    if (signal !== "SIGINT") {
      this.#code = exitCodeOfSignal(signal);
      if (!isStopped) this.#leaveNow();
      input.close();
      return;
    }
    this.#forgotten += forgotten;
    if (isStopped && this.#stops++ === 0) return;
    if (!isStopped && input.clear()) return;
    if (!input.knowsHowToLeave) {
      input.knowsHowToLeave = true;
      void this.#explainLeaving();
      return;
    }
    this.#code = EXIT.interrupted;
    this.#leaveNow();
    input.close();
  }

  async #explainLeaving(): Promise<void> {
    const where = await whereabouts(this.#session, this.#command, "before");
    const how = "Ctrl-C again leaves, as Ctrl-D does";
    this.#opened.input.say(where === undefined ? how : `${how}\n${where}`);
  }
}
