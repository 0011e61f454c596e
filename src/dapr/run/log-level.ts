import type { Environment } from "../../models/provider.js";
import { invalid } from "../../stream/error.js";
import type { Notice } from "../resources/notice.js";

/** The levels that daprd knows, the most talkative first. */
const LOG_LEVELS = ["debug", "info", "warning", "error", "fatal", "panic"] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A level by its name, in any case; `warn` is `warning`, as in daprd.
 *
 * @param path what names it in the error.
 * @throws {SluiceError} `invalid-argument` for any other name.
 */
export function readLogLevel(text: string, path: string): LogLevel {
  const lower = text.toLowerCase();
  const level = LOG_LEVELS.find((name) => name === (lower === "warn" ? "warning" : lower));
  if (level === undefined) throw invalid(path, text, LOG_LEVELS.join(", "));
  return level;
}

/** The level that `SLUICE_LOG` names; `info` where it names none. */
export function defaultLogLevel(env: Environment): LogLevel {
  return LOG_LEVELS.find((level) => level === env.SLUICE_LOG) ?? "info";
}

/** Whether a notice is logged at a level. */
export function isLogged(notice: Notice, level: LogLevel): boolean {
  return LOG_LEVELS.indexOf(notice.level) >= LOG_LEVELS.indexOf(level);
}
