import { invalid } from "../../stream/error.js";
import { checkStoreOptions, DaprStateStore, type DaprStateStoreOptions } from "./dapr-state-store.js";

/** Whether a text names a Dapr state store: `dapr://…`. */
export function isDaprStore(where: string): boolean {
  return /^dapr:/i.test(where);
}

/**
 * The store that a text names: `dapr://STORENAME`, with metadata for the component as parameters where it needs some
 * (`dapr://statestore?partitionKey=sluice`).
 *
 * @throws {SluiceError} `invalid-argument` for another kind of address. Nothing is called until the store is used.
 */
export function openDaprStore(where: string, options: DaprStateStoreOptions = {}): DaprStateStore {
  const [, name, query] = /^dapr:\/\/([^/?#]+)\/?(?:\?([^#]*))?$/i.exec(where) ?? [];
  if (name === undefined) throw invalid("store", where, "dapr://STORENAME, the name of a state store component");
  checkStoreOptions(options);
  const metadata = { ...options.metadata, ...Object.fromEntries(new URLSearchParams(query)) };
  return new DaprStateStore(name, { ...options, metadata });
}
