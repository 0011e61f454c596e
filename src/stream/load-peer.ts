import { SluiceError } from "./error.js";

/**
 * Loads a package that is only needed here.
 *
 * @param name the package's.
 * @param what needs it, for the message.
 * @throws {SluiceError} `unsupported` when it is not installed, with what to do.
 */
export async function loadPeer<T>(name: string, what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    // The second is what `require.resolve` says.
    const missing = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];
    if (!(cause instanceof Error && "code" in cause && missing.includes(String(cause.code)))) throw cause;
    const message = `${what} needs the package ${name}, which is not installed: npm install ${name}`;
    throw new SluiceError("unsupported", message, { cause });
  }
}
