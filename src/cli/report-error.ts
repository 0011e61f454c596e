import type { ErrorCode } from "../stream/error.js";
import { SluiceError } from "../stream/error.js";
import { type Io, shown } from "./io.js";
import { notice } from "./notice.js";

/** What to do about an error, where there is something to do. */
const ADVICE: { readonly [code in ErrorCode]?: string } = {
  "connect-failed": "Is the server running? `sluice doctor` checks.",
  "connect-timeout": "Is the server running? `sluice doctor` checks.",
  "unknown-model": "`sluice models` lists what is configured.",
  "missing-key": "`sluice keys set` keeps one; `sluice models` lists what to set.",
  authentication: "The key was refused: check the variable that holds it.",
  "rate-limited": "Wait a little and try again.",
  overloaded: "Wait a little and try again.",
  quota: "The account has no credit left.",
  "context-length": "The conversation is too long for this model: /clear begins a new one.",
  truncated: "What arrived is above; the connection broke before the end.",
};

/** Writes an error as one or two lines a person can read; with its stack only where `SLUICE_LOG=debug` is set. */
export function reportError(thrown: unknown, io: Io): SluiceError {
  const error = SluiceError.from(thrown, "protocol");
  const of = error.model === undefined ? "" : ` (${error.model})`;
  io.stderr.write(notice(`error: ${error.code}${of}: ${shown(error.message, io.stderr)}\n`, io.stderr));
  const advice = ADVICE[error.code];
  if (advice !== undefined) io.stderr.write(notice(`  ${advice}\n`, io.stderr));
  if (io.env.SLUICE_LOG === "debug") io.stderr.write(`${error.stack ?? ""}\n`);
  return error;
}
