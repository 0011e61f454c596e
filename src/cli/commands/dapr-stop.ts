import { existsSync } from "node:fs";
import { systemClock } from "../../base/clock.js";
import { readTextFile } from "../../dapr/resources/read-text-file.js";
import { defaultLogLevel } from "../../dapr/run/log-level.js";
import { readRunFile } from "../../dapr/run/run-file.js";
import { stopApp } from "../../dapr/run/stop-app.js";
import { SluiceError } from "../../stream/error.js";
import { EXIT, exitCodeOf } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";
import { runFilePath } from "./dapr-run.js";

/** Options of `sluice dapr stop`. */
export interface DaprStopOptions {
  appId?: string[];
  runFile?: string;
}

/** Ends apps by their ids; all of them, also where one is not there. Says of each how it went. */
export async function daprStopCommand(options: DaprStopOptions, io: Io): Promise<number> {
  let code: number = EXIT.ok;
  try {
    for (const appId of await appIdsOf(options, io)) {
      try {
        await stopApp(appId, io.env, systemClock);
        await write(io.stdout, `app stopped successfully: ${appId}\n`);
      } catch (thrown) {
        code = exitCodeOf(reportError(thrown, io));
      }
    }
    return code;
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}

async function appIdsOf({ appId = [], runFile }: DaprStopOptions, { env }: Io): Promise<string[]> {
  if (runFile === undefined) {
    if (appId.length === 0)
      throw new SluiceError("invalid-argument", "--app-id is missing: name a running app, or give --run-file", {
        field: "--app-id",
      });
    return appId;
  }
  const path = runFilePath(runFile);
  const file = { path, exists: existsSync, logLevel: defaultLogLevel(env) };
  const { apps } = readRunFile(await readTextFile(path), file);
  return [...appId, ...apps.map((app) => app.appId)];
}
