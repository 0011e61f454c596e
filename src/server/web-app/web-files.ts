import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { SluiceError } from "../../stream/error.js";

/** A file of the web app. */
export interface WebFile {
  readonly mediaType: string;
  /** Whether its name changes with what is in it. */
  readonly hashed: boolean;
  readonly plain: Uint8Array;
  readonly brotli?: Uint8Array;
  readonly gzip?: Uint8Array;
}

/** Where it is built, seen from the built package and from the sources. */
const FOLDERS = ["../web/", "../../../dist/web/"];

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json; charset=utf-8",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/** The files of the web app by their paths; they are few and small, and are read once. */
export async function webFiles(): Promise<ReadonlyMap<string, WebFile>> {
  const folder = FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(join(path, "index.html")),
  );
  if (folder === undefined) {
    throw new SluiceError("unsupported", "the web app is not built: npm run build, or serve without it", {
      field: "webApp",
    });
  }
  const files = new Map<string, WebFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = MEDIA_TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join("/");
    files.set(path, await webFile(file, type, path.startsWith("assets/")));
  }
  return files;
}

async function webFile(file: string, mediaType: string, hashed: boolean): Promise<WebFile> {
  const [brotli, gzip] = [beside(`${file}.br`), beside(`${file}.gz`)];
  return { mediaType, hashed, plain: await readFile(file), ...(brotli && { brotli }), ...(gzip && { gzip }) };
}

function beside(file: string): Uint8Array | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}
