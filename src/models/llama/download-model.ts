import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";

/** How far a download is. */
interface DownloadProgress {
  /** Bytes that are there, those of an earlier attempt included. */
  downloadedBytes: number;
  totalBytes: number;
}

/** Settings of `downloadModel`. */
export interface DownloadOptions {
  /** Where the file goes; it is made where it is missing. */
  folder: string;
  /** Told from time to time. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Stops it; what has come stays, and the next call goes on from there. */
  signal?: AbortSignal;
}

/** A file of a model. */
export interface DownloadedModel {
  /** Its path; of a model in several files, that of the first. */
  file: string;
  /** Of that file. */
  bytes: number;
  /** The SHA-256 of that file, as hexadecimal digits. */
  sha256: string;
}

/** The part of node-llama-cpp that downloads. Source: https://node-llama-cpp.withcat.ai/guide/downloading-models */
interface Downloader {
  download(options: { signal?: AbortSignal }): Promise<string>;
}
type CreateDownloader = (options: object) => Promise<Downloader>;

/**
 * Fetches a GGUF file with the downloader of the optional package `node-llama-cpp`. A download that was stopped goes on where it
 * was; a file that is there and whole is not fetched again.
 *
 * @param uri `https://…/model.gguf`, or a name at Hugging Face: `hf:USER/MODEL:QUANT` or `hf:USER/MODEL/FILE.gguf`.
 * @throws {SluiceError} `unsupported` where the package is missing; `cancelled`; `connect-failed` for what cannot be fetched.
 */
export async function downloadModel(uri: string, options: DownloadOptions): Promise<DownloadedModel> {
  const { folder, onProgress, signal } = options;
  const create = creatorOf(await loadPeer("node-llama-cpp", "fetching a model"));
  try {
    await mkdir(folder, { recursive: true });
    const downloader = await create({
      modelUri: uri,
      dirPath: folder,
      deleteTempFileOnCancel: false,
      onProgress: ({ downloadedSize, totalSize }: { downloadedSize: number; totalSize: number }) =>
        onProgress?.({ downloadedBytes: downloadedSize, totalBytes: totalSize }),
    });
    const file = await downloader.download(signal === undefined ? {} : { signal });
    return { file, bytes: (await stat(file)).size, sha256: await sha256Of(file) };
  } catch (cause) {
    if (signal?.aborted)
      throw new SluiceError("cancelled", "the download was stopped; it can be gone on with", { cause });
    throw new SluiceError("connect-failed", `${uri} cannot be fetched: ${messageOf(cause)}`, {
      cause,
      retryable: true,
    });
  }
}

function creatorOf(loaded: unknown): CreateDownloader {
  const create: unknown = isModule(loaded) ? loaded.createModelDownloader : undefined;
  if (typeof create !== "function") throw new SluiceError("unsupported", "this node-llama-cpp has no downloader");
  return (options) => create(options);
}

function isModule(value: unknown): value is { createModelDownloader?: unknown } {
  return typeof value === "object" && value !== null;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}
