import { exactly, wholeNumber } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { ReadRun, Retention } from "./run-log.js";

/** @throws {SluiceError} `invalid-argument` for an invalid limit, or an unknown field. */
export function checkRetention(options: Retention, more: readonly string[] = []): void {
  const limit = (value: unknown, path: string) => {
    if (typeof value !== "number" || !(value >= 0)) throw invalid(path, value, "a number of at least 0, or Infinity");
  };
  const fields = ["keepMs", "maxRunBytes", ...more].map((name) => [name, limit] as const);
  exactly("the settings of a log", Object.fromEntries(fields))(options, "");
}

const READ = exactly("the settings of a reader", { after: wholeNumber(-1) });

/** @throws {SluiceError} `invalid-argument` for an invalid number. */
export function checkReadRun(options: ReadRun): void {
  READ(options, "");
}
