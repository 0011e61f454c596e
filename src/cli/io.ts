import type { Readable, Writable } from "node:stream";

/** What the command line has of the world: tests bring their own. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
  /** Calls `handler` at each Ctrl-C that the terminal did not take itself; returns how to stop. */
  onInterrupt(handler: () => void): () => void;
}

/** The process's own. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt(handler) {
      process.on("SIGINT", handler);
      return () => process.off("SIGINT", handler);
    },
  };
}

/** Whether colours may be used on a stream: it is a terminal and `NO_COLOR` (https://no-color.org) is not set. */
export function hasColour(stream: { isTTY?: boolean }, env: Io["env"]): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Writes and waits until the stream can take more: a slow terminal or pipe slows the answer down. */
export function write(stream: Writable, text: string): Promise<void> | undefined {
  if (text === "" || stream.write(text)) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}
