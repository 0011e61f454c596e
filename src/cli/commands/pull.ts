import { basename } from "node:path";
import { downloadModel } from "../../models/llama/download-model.js";
import { modelsFolder } from "../data-folder.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";

/** Options of `sluice pull`. */
export interface PullOptions {
  /** The folder for the file. Default: `models` in the folder of the command's data. */
  output?: string;
  /** The checksum that the file must have, as hexadecimal digits. */
  sha256?: string;
  quiet?: boolean;
}

/** Fetches a model file, and says under which name it is talked to. */
export async function pullCommand(uri: string, options: PullOptions, io: Io): Promise<number> {
  const stop = new AbortController();
  const off = io.onInterrupt(() => stop.abort());
  const progress = new PullProgress(io, options.quiet === true);
  try {
    const folder = options.output ?? modelsFolder(io.env);
    const { file, bytes, sha256 } = await downloadModel(uri, {
      folder,
      signal: stop.signal,
      onProgress: ({ downloadedBytes, totalBytes }) => progress.show(downloadedBytes, totalBytes),
    });
    progress.end();
    if (!options.quiet) io.stderr.write(`${basename(file)}: ${megabytes(bytes)}, sha256 ${sha256}\n`);
    if (options.sha256 !== undefined && options.sha256.toLowerCase() !== sha256) {
      io.stderr.write(`error: the checksum should be ${options.sha256}; the file stays at ${file}\n`);
      return EXIT.failed;
    }
    if (!options.quiet) io.stderr.write("Talk to it with: ");
    await write(io.stdout, `sluice chat --model llama/${file}\n`);
    return EXIT.ok;
  } catch (thrown) {
    progress.end();
    if (stop.signal.aborted) {
      io.stderr.write("Stopped; the same command goes on where it was.\n");
      return EXIT.interrupted;
    }
    return exitCodeOf(reportError(thrown, io));
  } finally {
    off();
  }
}

/** One line on stderr: on a terminal it is written over, elsewhere each tenth of the way is a line. */
class PullProgress {
  readonly #io: Io;
  readonly #quiet: boolean;
  #emitted = -1;

  constructor(io: Io, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
  }

  show(downloaded: number, total: number): void {
    if (this.#quiet || !(total > 0)) return;
    const percent = Math.floor((downloaded / total) * 100);
    const isTerminal = this.#io.stderr.isTTY === true;
    const step = isTerminal ? percent : Math.floor(percent / 10);
    if (step === this.#emitted) return;
    this.#emitted = step;
    const line = `${percent} % of ${megabytes(total)}`;
    this.#io.stderr.write(isTerminal ? `\r\x1b[2K${line}` : `${line}\n`);
  }

  end(): void {
    if (this.#emitted !== -1 && this.#io.stderr.isTTY === true) this.#io.stderr.write("\r\x1b[2K");
    this.#emitted = -1;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
