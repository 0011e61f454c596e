import { type Dirent, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import type { Io } from "../io.js";

/** So many are found at most. */
const MOST = 200;

/** Characters that a shell takes as they are behind a backslash, as far as paths have them. */
const TO_ESCAPE = /([ "'()&])/g;
const ESCAPED = /\\([ "'()&])/g;

/**
 * Paths that begin like one that is being written: of files and folders that exist, `~`, an opening quote and backslashes before blanks as
 * they were written. Folders
 * end in `/`. What is hidden is found where its dot is written.
 *
 * @param written the path as far as it goes, for example `~/Do` or `"My pictures/a`.
 */
export function completePath(written: string, env: Io["env"]): string[] {
  const quote = /^["']/.exec(written)?.[0] ?? "";
  const isEscaped = quote === "" && /\\[ "'()&]/.test(written);
  const path = isEscaped ? written.replace(ESCAPED, "$1") : written.slice(quote.length);
  if (path === "~") return [`${quote}~/`];
  const cut = Math.max(path.lastIndexOf("/"), sep === "\\" ? path.lastIndexOf("\\") : -1) + 1;
  const [folder, name] = [path.slice(0, cut), path.slice(cut)];
  const home = env.HOME || env.USERPROFILE || homedir();
  const where = /^~[/\\]/.test(folder) ? join(home, folder.slice(2)) : folder || ".";
  return entriesOf(where)
    .filter((entry) => entry.name.startsWith(name) && (name.startsWith(".") || !entry.name.startsWith(".")))
    .slice(0, MOST)
    .map((entry) => {
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(join(where, entry.name)));
      const found = `${folder}${entry.name}`;
      return `${quote}${isEscaped ? found.replace(TO_ESCAPE, "\\$1") : found}${isFolder ? "/" : quote}`;
    })
    .toSorted();
}

/** What is in a folder; nothing where it cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
