import { invalid } from "../../stream/error.js";
import { parseDotEnv } from "../resources/parse-dot-env.js";
import { readTextFile } from "../resources/read-text-file.js";

/**
 * The variables that a `.env` file sets.
 *
 * @param required whether it must be there; otherwise a missing file sets none.
 * @param signal ends the wait for a pipe into which nobody writes.
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read.
 */
export async function readEnvFile(
  path: string,
  required: boolean,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  try {
    return parseDotEnv(await readTextFile(path, signal));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isMissing && !required) return {};
    throw invalid("--env-file", path, "a file that can be read");
  }
}
