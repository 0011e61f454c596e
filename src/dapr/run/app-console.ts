import type { Notice } from "../resources/notice.js";
import { isLogged, type LogLevel } from "./log-level.js";
import type { LogSource, PrefixedLog } from "./prefixed-log.js";
import type { RunWorld } from "./run-world.js";

/** The part of the console that one app and its sidecar write to. */
export class AppConsole {
  /** What the app writes, to each of its two outputs. */
  readonly app: { stdout: LogSource; stderr: LogSource };
  /** What daprd logs. */
  readonly daprd: { stdout: LogSource; stderr: LogSource };
  readonly #sidecar: LogSource;
  readonly #messages: LogSource;

  /** @param label what tells this app from others in prefixes; "" where it is the only one. */
  constructor(log: PrefixedLog, { stdout, stderr }: RunWorld, label: string) {
    const of = label === "" ? "" : ` - ${label}`;
    const source = (who: string, sink: RunWorld["stdout"]) => log.source(`== ${who}${of} == `, sink);
    this.app = { stdout: source("APP", stdout), stderr: source("APP", stderr) };
    this.daprd = { stdout: source("DAPR", stderr), stderr: source("DAPR", stderr) };
    this.#sidecar = source("SIDECAR", stderr);
    this.#messages = log.source("", stdout);
  }

  /** Says one of the messages of `dapr run`. */
  say(message: string): void {
    void this.#messages.push(`${message}\n`);
  }

  /** Logs what the Sluice sidecar has to say. */
  log(notice: Notice, level: LogLevel): void {
    if (isLogged(notice, level)) void this.#sidecar.push(`${notice.level}: ${notice.message}\n`);
  }
}
