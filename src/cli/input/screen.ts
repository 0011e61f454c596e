import type { Io } from "../io.js";
import type { Reflow } from "../markdown/live-tail.js";
import { reflowOf } from "../markdown/terminal-size.js";

/** A terminal that is written to. */
export interface Screen {
  write(text: string): void;
  /** Now; it changes when somebody makes the window larger or smaller. */
  readonly columns: number;
  readonly rows: number;
  /** What becomes of long lines when it becomes narrower or wider. */
  readonly reflow: Reflow;
}

/** What a prompt is shown on: stdout, or stderr where stdout is a file or a pipe; `undefined` where neither is a terminal. */
export function screenStream(io: Io): Io["stdout"] | undefined {
  if (io.stdout.isTTY) return io.stdout;
  return io.stderr.isTTY ? io.stderr : undefined;
}

/** A stream as a screen; of 80 columns and 24 rows where it does not know. */
export function screenOf(stream: Io["stdout"], env: Io["env"]): Screen {
  return {
    write: (text) => void stream.write(text),
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    reflow: reflowOf(env),
  };
}
