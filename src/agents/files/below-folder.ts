import { constants } from "node:fs";
import { lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { uuid } from "../../base/uuid.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";

/** A folder, and what is below it: no path leaves it, by `..` or by a link. */
export interface BelowFolder {
  /** With all links resolved. */
  readonly folder: string;
  /** What files there are, for messages: `the skill`, say. */
  readonly what: string;
  /** Most bytes of one file. */
  readonly maxBytes: number;
}

/**
 * The text of a file below a folder.
 *
 * @param path with `/` between its parts.
 * @throws {SluiceError} `invalid-argument` for a path that leaves the folder or passes a link, and for what is no text file of
 *   at most so many bytes.
 */
export function readBelow(place: BelowFolder, path: string): Promise<string> {
  const full = fullPath(place, path);
  return guarded(place, path, async () => {
    await refuseLinks(full, path);
    // Not followed, and not waited for: the file may have become a link or a pipe meanwhile.
    const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw invalid("path", path, "a file");
      if (about.size > place.maxBytes) throw invalid("path", path, `a file of at most ${place.maxBytes} bytes`);
      return decoded(await file.readFile(), path);
    } finally {
      await file.close();
    }
  });
}

/**
 * Writes a file below a folder, whole or not at all, and makes the folders on the way to it.
 *
 * @throws {SluiceError} `invalid-argument` for a path that leaves the folder or passes a link, and for too long a text.
 */
export function writeBelow(place: BelowFolder, path: string, text: string): Promise<void> {
  const full = fullPath(place, path);
  const size = Buffer.byteLength(text);
  if (size > place.maxBytes) throw invalid("text", `${size} bytes`, `at most ${place.maxBytes} bytes`);
  return guarded(place, path, async () => {
    const parent = dirname(full);
    await makeFolders(place.folder, parent, path);
    const about = await lstat(full).catch(() => undefined);
    if (about !== undefined && !about.isFile()) throw invalid("path", path, "a file, with no link on the way to it");
    const part = join(parent, `.${uuid()}.part`);
    const file = await open(
      part,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o644,
    );
    try {
      await file.writeFile(text);
      await file.close();
      // A link that was put there meanwhile is replaced, not followed.
      await rename(part, full);
    } catch (thrown) {
      await file.close().catch(() => {});
      await rm(part, { force: true });
      throw thrown;
    }
  });
}

/** Makes each missing folder by itself: one that is there must be none of somebody else's, behind a link. */
async function makeFolders(root: string, parent: string, path: string): Promise<void> {
  let at = root;
  for (const part of parent.slice(root.length).split(sep)) {
    if (part === "") continue;
    at = join(at, part);
    await mkdir(at).catch((thrown) => {
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    });
    await refuseLinks(at, path);
  }
}

async function refuseLinks(full: string, path: string): Promise<void> {
  if ((await realpath(full)) !== full) throw invalid("path", path, "a file, with no link on the way to it");
}

function fullPath({ folder, what }: BelowFolder, path: string): string {
  const parts = path.split("/");
  const inside = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part));
  if (!inside) throw invalid("path", path, `a path below the folder of ${what}, without ..`);
  return join(folder, ...parts);
}

/** Where the folder is is nobody's business: messages go to the model. */
async function guarded<T>({ folder, what }: BelowFolder, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw invalid("path", path, `a file of ${what}: ${messageOf(thrown).replaceAll(folder + sep, "")}`);
  }
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid("path", path, "a text file in UTF-8");
  }
}
