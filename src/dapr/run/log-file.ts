import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { drained } from "../../base/drained.js";
import { type LogSource, PrefixedLog } from "./prefixed-log.js";

/** A file that logs go to, in whole lines. */
export interface LogFile {
  path: string;
  /** One of those who write to it. */
  source(): LogSource;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

/** Settings of `openLogFile`. */
export interface LogFileOptions {
  /** The app's. */
  folder: string;
  appId: string;
  /** Whose logs these are. */
  who: "app" | "daprd";
  /** Called when nothing more can be written: what is logged after that is lost. */
  onError: (error: Error) => void;
}

/**
 * Opens a file where `dapr run` puts logs: `.dapr/logs/APPID_WHO_YYYYMMDDHHMMSS.log` in the app's folder (the time is UTC).
 *
 * @throws {Error} the system's, where the folder cannot be made.
 */
export async function openLogFile({ folder, appId, who, onError }: LogFileOptions): Promise<LogFile> {
  const logs = join(folder, ".dapr", "logs");
  await mkdir(logs, { recursive: true });
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const path = join(logs, `${appId}_${who}_${time}.log`);
  const stream = createWriteStream(path, { flags: "a" });
  stream.on("error", onError);
  const log = new PrefixedLog({ live: false });
  const sink = (text: string): Promise<void> | undefined => {
    if (!stream.writable || stream.write(text)) return undefined;
    return drained(stream);
  };
  return {
    path,
    source: () => log.source("", sink),
    async close() {
      stream.end();
      await finished(stream).catch(() => {});
    },
  };
}
