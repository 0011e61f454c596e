import { SluiceError } from "../stream/error.js";
import { loadedCode } from "../stream/loaded-code.js";
import type { CallingDialect, CallTarget, WireRequest } from "./dialect.js";
import { isPlainRequest, type PlainRequest } from "./plain-request.js";

/**
 * A protocol whose requests are written in two parts, for pages that load it: those of nothing but texts, and all others,
 * whose code is loaded when one is made. They are the same either way.
 *
 * @param plain writes a request of nothing but texts.
 * @param load loads what writes all others; called again where it failed.
 */
export function requestsInParts(
  dialect: Omit<CallingDialect, "writeRequest" | "load">,
  plain: (request: PlainRequest, target: CallTarget) => WireRequest,
  load: () => Promise<CallingDialect["writeRequest"]>,
): CallingDialect {
  let write: CallingDialect["writeRequest"] | undefined;
  const code = loadedCode(dialect.name, load);
  return {
    ...dialect,
    load(request) {
      if (write !== undefined || (request !== undefined && isPlainRequest(request))) return undefined;
      return code().then((loaded) => {
        write = loaded;
      });
    },
    writeRequest(request, target) {
      if (write !== undefined) return write(request, target);
      if (isPlainRequest(request)) return plain(request, target);
      throw new SluiceError("protocol", `${dialect.name} is used before it was loaded`);
    },
  };
}
