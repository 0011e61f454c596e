import { historyFile } from "../data-folder.js";
import { hasColour, type Io } from "../io.js";
import type { Complete } from "./completion.js";
import { History } from "./history.js";
import { openHistory } from "./history-file.js";
import { LineEditor } from "./line-editor.js";
import { PlainLines } from "./plain-lines.js";
import { RawTerminal } from "./raw-terminal.js";
import { screenOf, screenStream } from "./screen.js";
import type { TypedInput } from "./typed-input.js";

/** How what is typed is taken. */
export interface TypedInputOptions {
  complete: Complete;
  /** Ctrl-C. */
  onInterrupt(): void;
  /** What is entered is remembered only as long as the process lives. */
  isPrivate: boolean;
}

/** What a person types at the terminal, and how the terminal is given back. */
export interface OpenedInput {
  input: TypedInput;
  leave(): void;
}

/**
 * Takes what is typed at the terminal of stdin: in an editor, or line by line where the terminal cannot show one.
 *
 * @throws {SluiceError} `invalid-argument` for a `SLUICE_HISTORY` that is neither 0 nor 1.
 */
export function openTypedInput(io: Io, options: TypedInputOptions): OpenedInput {
  const stream = screenStream(io);
  if (stream === undefined || io.env.TERM === "dumb") {
    const input = new PlainLines(io.stdin, (text) => void (stream ?? io.stderr).write(text));
    return { input, leave: () => input.close() };
  }
  const screen = screenOf(stream, io.env);
  const editor = new LineEditor({
    screen,
    colour: hasColour(stream, io.env),
    history: historyOf(io, options.isPrivate),
    complete: options.complete,
    onInterrupt: options.onInterrupt,
    onSuspend: () => {
      editor.hide();
      terminal.suspend(() => editor.reveal());
    },
  });
  const terminal = new RawTerminal(io.stdin, screen, (keys) => editor.take(keys));
  const onResize = () => editor.resize();
  const onContinue = () => {
    if (terminal.renew()) editor.renew();
  };
  const onGone = () => editor.close();
  stream.on("resize", onResize);
  if (io.stdin === process.stdin) process.on("SIGCONT", onContinue);
  io.stdin.on("end", onGone).on("error", onGone);
  terminal.enter();
  return {
    input: editor,
    leave() {
      editor.close();
      stream.off("resize", onResize);
      process.off("SIGCONT", onContinue);
      io.stdin.off("end", onGone).off("error", onGone);
      terminal.leave();
    },
  };
}

function historyOf(io: Io, isPrivate: boolean): History {
  const file = historyFile(io.env);
  if (file === undefined) return new History();
  return openHistory(file, { isPrivate, warn: (problem) => io.stderr.write(`${problem}\n`) });
}
