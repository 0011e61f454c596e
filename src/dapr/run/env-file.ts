import { readFile } from "node:fs/promises";
import { invalid } from "../../stream/error.js";
import { parseDotEnv } from "../resources/parse-dot-env.js";

/**
 * The variables that a `.env` file sets.
 *
 * @param required whether it must be there; otherwise a missing file sets none.
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read.
 */
export async function readEnvFile(path: string, required: boolean): Promise<Record<string, string>> {
  try {
    return parseDotEnv(await readFile(path, "utf8"));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isMissing && !required) return {};
    throw invalid("--env-file", path, "a file that can be read");
  }
}
