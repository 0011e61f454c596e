import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../stream/error.js";
import { parseYaml } from "../resources/parse-yaml.js";
import { splitDocuments } from "../resources/split-documents.js";
import { type Substitution, substituteVariables } from "../resources/substitute-variables.js";

/**
 * Writes resources for daprd, which does not put values in the place of `${NAME}` itself: the YAML files of a folder with
 * those values, under the same names. A document that is no YAML is kept as it is: daprd has something to say about it.
 *
 * @param target is made.
 * @param sources where names are looked up; the first that has one counts.
 */
export async function writeSubstitutedCopy(
  folder: string,
  target: string,
  sources: readonly Readonly<Record<string, string | undefined>>[],
): Promise<void> {
  // Whoever loads the folder itself reports names that nobody knows.
  const substitution = substituteVariables(sources, () => {});
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // What is neither a file nor a link, a pipe for example, would be waited for.
    if (!(entry.isFile() || entry.isSymbolicLink()) || !/\.ya?ml$/i.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (!(await stat(path)).isFile()) continue;
    const documents = splitDocuments(await readFile(path, "utf8"));
    const written = documents.map((document) => substituted(document, substitution, path));
    await writeFile(join(target, entry.name), `${written.join("\n---\n")}\n`, { mode: 0o600 });
  }
}

/** JSON is YAML, and leaves no question of how a value is to be quoted. */
function substituted(document: string, substitution: Substitution, path: string): string {
  try {
    return JSON.stringify(substitution.apply(parseYaml(document), path), undefined, 2);
  } catch (error) {
    if (error instanceof SluiceError) return document;
    throw error;
  }
}
