import type { CallingDialect } from "../dialects/dialect.js";
import { SluiceError } from "../stream/error.js";
import { loadedCode } from "../stream/loaded-code.js";

/** What is known of a protocol without its code. */
type Known = Pick<CallingDialect, "name" | "framing" | "optionNames" | "compaction">;

/** A protocol whose code is loaded when a model first calls it. */
export function loadedLater(known: Known, load: () => Promise<CallingDialect>): CallingDialect {
  let loaded: CallingDialect | undefined;
  const code = loadedCode(known.name, load);
  const dialect = (): CallingDialect => {
    if (loaded === undefined) throw new SluiceError("protocol", `${known.name} is used before it was loaded`);
    return loaded;
  };
  return {
    ...known,
    load(request) {
      if (loaded !== undefined) return loaded.load?.(request);
      return code().then((found) => {
        loaded = found;
        return found.load?.(request);
      });
    },
    writeRequest: (request, target) => dialect().writeRequest(request, target),
    reader: () => dialect().reader(),
    readBody: (body) => dialect().readBody(body),
    readError: (response) => dialect().readError(response),
  };
}
