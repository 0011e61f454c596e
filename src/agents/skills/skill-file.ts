import { constants } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";

/** The most bytes of a file that are read. */
const MOST_BYTES = 262_144;

/** The most files of a skill that are listed. */
const MOST_FILES = 200;

/** How deep the folders of a skill are listed. */
const MOST_LEVELS = 8;

/**
 * The text of a file below a folder.
 *
 * @param folder with all links resolved.
 * @param path with `/` between its parts.
 * @throws {SluiceError} `invalid-argument` for a path that leaves the folder or passes a link, and for what is no text file of
 *   at most 256 KiB.
 */
export async function readSkillFile(folder: string, path: string): Promise<string> {
  const parts = path.split("/");
  const inside = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part));
  if (!inside) throw invalid("path", path, "a path below the skill's folder, without ..");
  const full = join(folder, ...parts);
  try {
    if ((await realpath(full)) !== full) throw invalid("path", path, "a file, with no link on the way to it");
    // Not followed, and not waited for: the file may have become a link or a pipe meanwhile.
    const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw invalid("path", path, "a file");
      if (about.size > MOST_BYTES) throw invalid("path", path, `a file of at most ${MOST_BYTES} bytes`);
      return decoded(await file.readFile(), path);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw invalid("path", path, `a file of the skill: ${messageOf(thrown).replaceAll(folder + sep, "")}`);
  }
}

/** The files below a folder that can be read, as paths with `/`, sorted; without links and hidden ones, at most 200. */
export async function skillFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: readonly string[]): Promise<void> => {
    const entries = await readdir(join(folder, ...below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= MOST_FILES) return;
      if (entry.name.startsWith(".")) continue;
      const path = [...below, entry.name];
      if (entry.isFile()) found.push(path.join("/"));
      else if (entry.isDirectory() && path.length < MOST_LEVELS) await visit(path);
    }
  };
  await visit([]);
  return found;
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid("path", path, "a text file in UTF-8");
  }
}
