import { realpathSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { privateFolder } from "./data-folder.js";

/**
 * Writes a file that its user alone may read. Who reads it meanwhile finds the old text or the new one, whole; so does the next
 * start after a crash.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  privateFolder(path);
  const file = followed(path);
  const beside = `${file}.${process.pid}.tmp`;
  const handle = await open(beside, "w", 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(beside, file);
  } catch (thrown) {
    await handle.close();
    await rm(beside, { force: true });
    throw thrown;
  }
}

/** Where a link leads: the file that it names is replaced, not the link. */
function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
