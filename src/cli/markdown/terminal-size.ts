import type { Io } from "../io.js";
import type { Reflow, Size } from "./live-tail.js";

/** The size of the terminal; if there is none, what `COLUMNS` says, or 80. */
export function sizeOf({ stdout, stderr, env }: Io): Size {
  const stated = Number.parseInt(env.COLUMNS ?? "", 10);
  const columns = stdout.columns || stderr.columns || (stated > 0 ? stated : 80);
  return { columns, rows: stdout.rows || stderr.rows || 24 };
}

/** Terminals that are made of xterm.js. */
const XTERM_JS: readonly unknown[] = ["vscode", "Hyper", "Tabby"];

/** What the terminal does with long lines when it becomes narrower: nothing, where it is xterm, the Linux console or GNU screen. */
export function reflowOf(env: Io["env"]): Reflow {
  if (env.XTERM_VERSION || env.TERM === "linux" || env.STY) return "none";
  return XTERM_JS.includes(env.TERM_PROGRAM) ? "but-cursor" : "all";
}
