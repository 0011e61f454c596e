import { open, stat } from "node:fs/promises";
import { describe, messageOf, SluiceError } from "../../stream/error.js";

/** What a GGUF file begins with (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
const MAGIC = "GGUF";
/** Magic, version, how many tensors, how many pieces of metadata: 4 + 4 + 8 + 8 bytes, least significant first. */
const HEADER_BYTES = 24;
/** Versions whose header is like this. */
const VERSIONS = [2, 3];
/** The least that a tensor's description and a piece of metadata take, in bytes: lengths, types, an offset, empty names. */
const TENSOR_BYTES = 24;
const METADATA_BYTES = 13;

/**
 * Looks at a model's file before llama.cpp does, whose own errors do not say what is wrong with it, and which takes the
 * header's word for how much memory it needs.
 *
 * @param path absolute.
 * @throws {SluiceError} `not-found` where there is no such file; `invalid-argument` where it is no GGUF file, or its header
 *   says of it what cannot be.
 */
export async function checkGgufFile(path: string): Promise<void> {
  const start = await firstBytes(path);
  const magic = start.subarray(0, MAGIC.length).toString("latin1");
  const refused = (found: string) =>
    new SluiceError("invalid-argument", `${path}: found ${found}; allowed: a GGUF file`, { field: "file" });
  if (start.length === 0) throw refused("an empty file");
  if (magic !== MAGIC) throw refused(`a file that begins with ${describe(magic)}`);
  if (start.length < HEADER_BYTES) throw refused("a GGUF file that ends within its header");
  const version = start.readUInt32LE(4);
  if (!VERSIONS.includes(version)) throw refused(`a GGUF file of version ${version}`);
  const tensors = start.readBigUInt64LE(8);
  const metadata = start.readBigUInt64LE(16);
  const { size } = await stat(path);
  if (tensors * BigInt(TENSOR_BYTES) + metadata * BigInt(METADATA_BYTES) > BigInt(size)) {
    throw refused(
      `a GGUF file of ${size} bytes whose header promises ${tensors} tensors and ${metadata} pieces of metadata`,
    );
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const missing = (what: string, cause: unknown) =>
    new SluiceError("not-found", `${path}: found ${what}; allowed: a GGUF file`, { field: "file", cause });
  try {
    // Opening what is no file may wait for ever for somebody to write.
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory()) throw new Error("it is no file");
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw missing("no such file", cause);
    if (code === "EISDIR") throw missing("a folder", cause);
    throw missing(`a file that cannot be read (${messageOf(cause)})`, cause);
  }
}
