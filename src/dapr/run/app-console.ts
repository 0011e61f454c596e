import type { Notice } from "../resources/notice.js";
import type { AppPlan } from "./app-plan.js";
import type { LogDestination } from "./log-destination.js";
import { type LogFile, openLogFile } from "./log-file.js";
import { isLogged, type LogLevel } from "./log-level.js";
import type { LogSource, PrefixedLog } from "./prefixed-log.js";
import type { RunWorld } from "./run-world.js";

/** Where an app and its sidecar write: their part of the console, and files where they are to have some. */
export class AppConsole {
  /** What the app writes, to each of its two outputs. */
  readonly app: { stdout: LogSource; stderr: LogSource };
  /** What daprd logs. */
  readonly daprd: { stdout: LogSource; stderr: LogSource };
  readonly #sidecar: LogSource;
  readonly #messages: LogSource;
  readonly #files: readonly LogFile[];

  private constructor(log: PrefixedLog, { stdout, stderr }: RunWorld, label: string, logs: AppLogs) {
    const of = label === "" ? "" : ` - ${label}`;
    const source = (who: string, sink: RunWorld["stdout"], { destination, file }: Logs) => {
      const shown = destination === "file" ? [] : [log.source(`== ${who}${of} == `, sink)];
      return together([...shown, ...(file === undefined ? [] : [file.source()])]);
    };
    this.app = { stdout: source("APP", stdout, logs.app), stderr: source("APP", stderr, logs.app) };
    this.daprd = { stdout: source("DAPR", stderr, logs.daprd), stderr: source("DAPR", stderr, logs.daprd) };
    this.#sidecar = source("SIDECAR", stderr, logs.daprd);
    this.#messages = log.source("", stdout);
    this.#files = [logs.app.file, logs.daprd.file].filter((file) => file !== undefined);
  }

  /**
   * Opens the files that the plan wants, and says where they are.
   *
   * @param label what tells this app from others in prefixes; "" where it is the only one.
   * @throws {Error} the system's, where a folder for logs cannot be made.
   */
  static async open(log: PrefixedLog, world: RunWorld, plan: AppPlan, label: string): Promise<AppConsole> {
    const { appId, folder } = plan;
    const say = (message: string) => void world.stdout(`${appId}: ${message}\n`);
    const logsOf = async (who: "app" | "daprd", destination: LogDestination): Promise<Logs> => {
      if (destination === "console") return { destination };
      const whose = who === "app" ? "the app's" : "the sidecar's";
      const onError = (error: Error) => say(`${whose} logs cannot be written any more: ${error.message}`);
      const file = await openLogFile({ folder, appId, who, onError });
      say(`${whose} logs are in ${file.path}`);
      return { destination, file };
    };
    const app = await logsOf("app", plan.appLogs);
    return new AppConsole(log, world, label, { app, daprd: await logsOf("daprd", plan.daprdLogs) });
  }

  /** Says one of the messages of `dapr run`. */
  say(message: string): void {
    void this.#messages.push(`${message}\n`);
  }

  /** Logs what the Sluice sidecar has to say. */
  log(notice: Notice, level: LogLevel): void {
    if (isLogged(notice, level)) void this.#sidecar.push(`${notice.level}: ${notice.message}\n`);
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }
}

interface Logs {
  destination: LogDestination;
  file?: LogFile;
}

interface AppLogs {
  app: Logs;
  daprd: Logs;
}

/** Writes to all; no faster than the slowest takes it. */
function together(sources: readonly LogSource[]): LogSource {
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return only;
  const all = (waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined =>
    waits.some((wait) => wait !== undefined) ? Promise.all(waits).then(() => {}) : undefined;
  return {
    push: (text) => all(sources.map((source) => source.push(text))),
    end: () => all(sources.map((source) => source.end())),
  };
}
