import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Socket } from "node:net";

/**
 * The text of a file, or of a pipe such as a shell's `<(command)`, until its writer closes it.
 *
 * A pipe is opened so that nothing waits for a writer: Node's own way holds a thread until there is one, and a process with
 * such a thread does not even exit.
 *
 * @param signal ends the wait.
 */
export async function readTextFile(path: string, signal?: AbortSignal): Promise<string> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd);
    return await readFile(path, "utf8");
  }
  const pipe = new Socket({ fd, readable: true, writable: false, ...(signal && { signal }) });
  const pieces: Buffer[] = [];
  for await (const piece of pipe) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
