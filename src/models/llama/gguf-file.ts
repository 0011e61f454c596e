import { open } from "node:fs/promises";
import { describe, messageOf, SluiceError } from "../../stream/error.js";

/** What a GGUF file begins with (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
const MAGIC = "GGUF";

/**
 * Looks at a model's file before llama.cpp does, whose own errors do not say what is wrong with it.
 *
 * @param path absolute.
 * @throws {SluiceError} `not-found` where there is no such file; `invalid-argument` where it is no GGUF file.
 */
export async function checkGgufFile(path: string): Promise<void> {
  const start = await firstBytes(path);
  if (start.toString("latin1") === MAGIC) return;
  const found = start.length === 0 ? "an empty file" : `a file that begins with ${describe(start.toString("latin1"))}`;
  throw new SluiceError("invalid-argument", `${path}: found ${found}; allowed: a GGUF file`, { field: "file" });
}

async function firstBytes(path: string): Promise<Buffer> {
  const found = (what: string, cause: unknown) =>
    new SluiceError("not-found", `${path}: found ${what}; allowed: a GGUF file`, { field: "file", cause });
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw found("no such file", cause);
    if (code === "EISDIR") throw found("a folder", cause);
    throw found(`a file that cannot be read (${messageOf(cause)})`, cause);
  }
}
