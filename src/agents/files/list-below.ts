import { readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The files below a folder, as paths with `/`, sorted; without links and hidden ones.
 *
 * @param most files that are listed.
 * @param levels of folders that are looked into.
 */
export async function listBelow(folder: string, most: number, levels: number): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: readonly string[]): Promise<void> => {
    const entries = await readdir(join(folder, ...below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= most) return;
      if (entry.name.startsWith(".")) continue;
      const path = [...below, entry.name];
      if (entry.isFile()) found.push(path.join("/"));
      else if (entry.isDirectory() && path.length < levels) await visit(path);
    }
  };
  await visit([]);
  return found;
}
