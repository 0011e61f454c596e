import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { WorkflowServices } from "../services.js";

/** The most bytes of a file that a step reads. */
const LARGEST = 100_000_000;

/** The files that a run may read and write: those below its folder, and below others that the caller allows. */
export class RunFolder {
  readonly #folder: string;
  readonly #allowed: readonly string[];

  constructor({ folder = ".", folders = [] }: Pick<WorkflowServices, "folder" | "folders">) {
    this.#folder = resolve(folder);
    this.#allowed = [this.#folder, ...folders.map((other) => resolve(other))];
  }

  /** @throws {SluiceError} `permission` for a file elsewhere; `not-found`. */
  async read(path: string): Promise<Uint8Array> {
    const real = await this.#inside(path, "read");
    try {
      const data = await readFile(real);
      if (data.length > LARGEST) throw new SluiceError("invalid-argument", `${path} has more than ${LARGEST} bytes`);
      return data;
    } catch (thrown) {
      throw fileError(path, "read", thrown);
    }
  }

  /** Writes a file and returns its path. @throws {SluiceError} `permission` for a place elsewhere. */
  async write(path: string, data: string | Uint8Array, makeFolders: boolean): Promise<string> {
    const full = await this.#inside(path, "written");
    try {
      if (makeFolders) await mkdir(dirname(full), { recursive: true });
      await writeFile(full, data);
      return full;
    } catch (thrown) {
      throw fileError(path, "written", thrown);
    }
  }

  /** The real path, after all links: a link may not lead out of the folder. */
  async #inside(path: string, done: string): Promise<string> {
    if (path.includes("\0")) throw new SluiceError("invalid-argument", "a path has no null character in it");
    const wanted = resolve(this.#folder, path);
    const real = await realPath(wanted);
    for (const folder of this.#allowed) {
      if (isBelow(await realPath(folder), real)) return real;
    }
    const message = `${path} is not ${done}: it is not below the run's folder; the option folders allows others`;
    throw new SluiceError("permission", message, { field: "file_path" });
  }
}

/** Where a path leads; of what is not there yet, the nearest folder that is. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), basename(path));
  }
}

function isBelow(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside === "" || (inside !== ".." && !/^\.\.[/\\]/.test(inside) && !isAbsolute(inside));
}

function fileError(path: string, done: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
  const message = missing ? `there is no file ${path}` : `${path} cannot be ${done}: ${messageOf(thrown)}`;
  return new SluiceError(missing ? "not-found" : "store-failed", message, { cause: thrown });
}
