import type { Readable, Writable } from "node:stream";
import { drained } from "../base/drained.js";
import type { Keys } from "./kept-keys.js";

/** What the command line has of the world: tests bring their own. */
export interface Io {
  stdin: Readable & { isTTY?: boolean; setRawMode?(mode: boolean): unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Keys that are kept for this user, by their variables: read when a command needs them. */
  keys?: () => Keys;
  /** Calls `handler` at each Ctrl-C that the terminal did not take itself, and when the process is to end; returns how to stop. */
  onInterrupt(handler: (signal: EndSignal) => void): () => void;
}

/** Signals by which people and systems end a program: Ctrl-C, `kill`, a terminal that is closed. */
export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The process's own. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onInterrupt(handler) {
      const onSignal = (signal: NodeJS.Signals) => handler(signal as EndSignal);
      for (const signal of END_SIGNALS) process.on(signal, onSignal);
      return () => {
        for (const signal of END_SIGNALS) process.off(signal, onSignal);
      };
    },
  };
}

/** Whether colours may be used on a stream: it is a terminal and `NO_COLOR` (https://no-color.org) is not set. */
export function hasColour(stream: { isTTY?: boolean }, env: Io["env"]): boolean {
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Control characters but for tabs and line feeds (ECMA-48), on which a terminal acts, and overrides of the direction of writing. */
const CONTROLS = /(?![\t\n])[\p{Cc}\u202d\u202e]/gu;

/**
 * A text that came from somebody else, as a stream may show it: a model that was talked into it must not clear the screen,
 * set the title or write the clipboard. On a terminal the picture of a control character stands in its place; files and
 * pipes get the text as it is.
 */
export function shown(text: string, stream: { isTTY?: boolean }): string {
  if (stream.isTTY !== true) return text;
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    if (code === 0x7f) return "\u2421";
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}

/** Writes and waits until the stream can take more: a slow terminal or pipe slows the answer down. */
export function write(stream: Writable, text: string): Promise<void> | undefined {
  if (text === "" || stream.write(text)) return undefined;
  return drained(stream);
}
