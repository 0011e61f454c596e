import { readBelow } from "../files/below-folder.js";
import { listBelow } from "../files/list-below.js";

/** The most bytes of a file that are read. */
const MOST_BYTES = 262_144;

/** The most files of a skill that are listed. */
const MOST_FILES = 200;

/** How deep the folders of a skill are listed. */
const MOST_LEVELS = 8;

/**
 * The text of a file of a skill.
 *
 * @param folder with all links resolved.
 * @param path with `/` between its parts.
 * @throws {SluiceError} `invalid-argument` for a path that leaves the folder or passes a link, and for what is no text file of
 *   at most 256 KiB.
 */
export async function readSkillFile(folder: string, path: string): Promise<string> {
  return readBelow({ folder, what: "the skill", maxBytes: MOST_BYTES }, path);
}

/** The files of a skill that can be read, as paths with `/`, sorted; without links and hidden ones, at most 200. */
export function skillFiles(folder: string): Promise<string[]> {
  return listBelow(folder, MOST_FILES, MOST_LEVELS);
}
