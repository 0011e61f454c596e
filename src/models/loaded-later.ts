import type { CallingDialect } from "../dialects/dialect.js";
import { SluiceError } from "../stream/error.js";

/** What is known of a protocol without its code. */
type Known = Pick<CallingDialect, "name" | "framing" | "optionNames">;

/** A protocol whose code is loaded when a model first calls it. */
export function loadedLater(known: Known, load: () => Promise<CallingDialect>): CallingDialect {
  let loaded: CallingDialect | undefined;
  let loading: Promise<void> | undefined;
  const dialect = (): CallingDialect => {
    if (loaded === undefined) throw new SluiceError("protocol", `${known.name} is used before it was loaded`);
    return loaded;
  };
  return {
    ...known,
    load() {
      if (loaded !== undefined) return undefined;
      loading ??= load().then(
        (found) => {
          loaded = found;
        },
        (cause) => {
          // A page that was offline for a moment may try again.
          loading = undefined;
          const message = `the code for ${known.name} cannot be loaded`;
          throw new SluiceError("connect-failed", message, { cause, retryable: true });
        },
      );
      return loading;
    },
    writeRequest: (request, target) => dialect().writeRequest(request, target),
    reader: () => dialect().reader(),
    readBody: (body) => dialect().readBody(body),
    readError: (response) => dialect().readError(response),
  };
}
