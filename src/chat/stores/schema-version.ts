import { SluiceError } from "../../stream/error.js";

/** The version of what stores write. It grows when an older reader could not read it. */
export const SCHEMA_VERSION = 1;

/**
 * Refuses data of another version.
 *
 * @param store names the store, for the message.
 * @throws {SluiceError} `store-failed`.
 */
export function checkSchemaVersion(store: string, found: number): void {
  if (found === SCHEMA_VERSION) return;
  throw new SluiceError(
    "store-failed",
    `${store}: it has schema version ${found}, and this version of Sluice reads ${SCHEMA_VERSION}`,
  );
}
