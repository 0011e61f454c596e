import {
  boolean,
  callable,
  exactly,
  filledString,
  oneOf,
  string,
  stringRecord,
  wholeNumber,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { OpenRun, ReadRun, Retention } from "./run-log.js";
import type { StartRun } from "./start-run.js";

/** @throws {SluiceError} `invalid-argument` for an invalid limit, or an unknown field. */
export function checkRetention(options: Retention, more: readonly string[] = []): void {
  const limit = (value: unknown, path: string) => {
    if (typeof value !== "number" || !(value >= 0)) throw invalid(path, value, "a number of at least 0, or Infinity");
  };
  const fields = ["keepMs", "maxRunBytes", ...more].map((name) => [name, limit] as const);
  exactly("the settings of a log", Object.fromEntries(fields))(options, "");
}

const OPEN = exactly("a run", {
  meta: stringRecord,
  thread: filledString,
  group: filledString,
  follows: filledString,
  notes: stringRecord,
  announced: boolean,
  paced: boolean,
  again: string,
  goesOn: boolean,
});

/** @throws {SluiceError} `invalid-argument` for an unknown field, or one of the wrong type. */
export function checkOpenRun(options: OpenRun): void {
  OPEN(options, "");
}

const START = exactly("startRun", {
  run: filledString,
  attended: boolean,
  onLeave: oneOf("stop", "continue"),
  onBatch: callable,
  meta: stringRecord,
  thread: filledString,
  group: filledString,
  follows: filledString,
  notes: stringRecord,
  announced: boolean,
  again: string,
});

/** @throws {SluiceError} `invalid-argument` for an unknown field, or one of the wrong type. */
export function checkStartRun(options: StartRun): void {
  START(options, "");
}

const READ = exactly("the settings of a reader", { after: wholeNumber(-1) });

/** @throws {SluiceError} `invalid-argument` for an invalid number. */
export function checkReadRun(options: ReadRun): void {
  READ(options, "");
}
