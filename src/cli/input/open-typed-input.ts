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
export function openTypedInput(io: Io, complete: Complete, onInterrupt: () => void): OpenedInput {
  const stream = screenStream(io);
  if (stream === undefined || io.env.TERM === "dumb") {
    const input = new PlainLines(io.stdin, (text) => void (stream ?? io.stderr).write(text));
    return { input, leave: () => input.close() };
  }
  const file = historyFile(io.env);
  const history = file === undefined ? new History() : openHistory(file, (problem) => io.stderr.write(`${problem}\n`));
  const screen = screenOf(stream, io.env);
  const editor = new LineEditor({
    screen,
    colour: hasColour(stream, io.env),
    history,
    complete,
    onInterrupt,
    onSuspend: () => {
      editor.hide();
      terminal.suspend(() => editor.reveal());
    },
  });
  const terminal = new RawTerminal(io.stdin, screen, (keys) => editor.take(keys));
  const onResize = () => editor.resize();
  const onGone = () => editor.close();
  stream.on("resize", onResize);
  io.stdin.on("end", onGone).on("error", onGone);
  terminal.enter();
  return {
    input: editor,
    leave() {
      editor.close();
      stream.off("resize", onResize);
      io.stdin.off("end", onGone).off("error", onGone);
      terminal.leave();
    },
  };
}
