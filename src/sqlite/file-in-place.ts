import { statSync } from "node:fs";

/**
 * Whether the file at a path is still the one that it is now: what is written to a file that was removed or replaced while
 * it was open is lost, and SQLite does not say so.
 */
export function fileInPlace(path: string): () => boolean {
  const opened = identity(path);
  return () => opened === undefined || identity(path) === opened;
}

function identity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
