import { invalid } from "../../stream/error.js";

/** Where the logs of an app, or of its sidecar, can go. */
const LOG_DESTINATIONS = ["console", "file", "fileAndConsole"] as const;

/** Where logs go. */
export type LogDestination = (typeof LOG_DESTINATIONS)[number];

/**
 * A destination by its name; the console where none is given.
 *
 * @param path what names it in the error.
 * @throws {SluiceError} `invalid-argument` for any other name.
 */
export function readLogDestination(value: unknown, path: string): LogDestination {
  if (value === undefined || value === null || value === "") return "console";
  const destination = LOG_DESTINATIONS.find((name) => name === value);
  if (destination === undefined) throw invalid(path, value, LOG_DESTINATIONS.join(", "));
  return destination;
}
