import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { systemClock } from "../../base/clock.js";
import { readTextFile } from "../../dapr/resources/read-text-file.js";
import { type AppPlan, planApp } from "../../dapr/run/app-plan.js";
import { readEnvFile } from "../../dapr/run/env-file.js";
import { defaultLogLevel } from "../../dapr/run/log-level.js";
import { runApps } from "../../dapr/run/run-apps.js";
import { readRunFile } from "../../dapr/run/run-file.js";
import { RUN_SETTINGS, type RunSettingKey } from "../../dapr/run/run-settings.js";
import { invalid } from "../../stream/error.js";
import { exitCodeOf, exitCodeOfSignal } from "../exit-code.js";
import { type Io, write } from "../io.js";
import { reportError } from "../report-error.js";
import { watchTermination } from "../termination.js";

/** Options of `sluice dapr run`; those of `RUN_SETTINGS` stand beside these, by their flags in camel case. */
export interface DaprRunOptions {
  resourcesPath?: string[];
  componentsPath?: string[];
  /** Another name for `componentsPath`. */
  components?: string[];
  runFile?: string;
  dev?: boolean;
  envFile?: string;
  daprd: boolean;
  store?: string;
  [setting: string]: unknown;
}

/** What errors of ports that are taken name. */
const TAKEN_PORTS: readonly string[] = ["HTTPPort", "GRPCPort", "MetricsPort", "InternalGRPCPort"];

/** Runs apps beside sidecars, and ends with the app's exit code. */
export async function daprRunCommand(words: string[], options: DaprRunOptions, io: Io): Promise<number> {
  const termination = watchTermination();
  try {
    const { dev = false, envFile, store } = options;
    const { first } = termination;
    const apps =
      options.runFile === undefined ? [planOf(words, options, io)] : await fromFile(words, options, io, first);
    const reads = dev || envFile !== undefined;
    const variables = reads ? await readEnvFile(resolve(envFile ?? ".env"), envFile !== undefined, first) : {};
    const run = { apps, development: dev, variables, useDaprd: options.daprd, ...(store !== undefined && { store }) };
    return await runApps(run, {
      env: io.env,
      clock: systemClock,
      stdout: (piece) => write(io.stdout, piece),
      stderr: (piece) => write(io.stderr, piece),
      live: io.stdout.isTTY === true,
      stdin: options.runFile !== "-",
      termination: first,
      kill: termination.second,
    });
  } catch (thrown) {
    const { aborted, reason } = termination.first;
    if (aborted) return exitCodeOfSignal(reason);
    const error = reportError(thrown, io);
    if (TAKEN_PORTS.includes(error.field ?? "")) {
      io.stderr.write("  Another program listens there: give another port, or none for a free one.\n");
    }
    return exitCodeOf(error);
  } finally {
    termination.stop();
  }
}

function planOf(command: readonly string[], options: DaprRunOptions, { env }: Io): AppPlan {
  const values: { [key in RunSettingKey]?: unknown } = {};
  for (const { key, flag } of RUN_SETTINGS) values[key] = options[camelCase(flag)];
  const flags = new Map(RUN_SETTINGS.map(({ key, flag }) => [key, `--${flag}`]));
  return planApp(values, {
    defaultAppId: () => `app-${randomBytes(4).toString("hex")}`,
    defaultLogLevel: defaultLogLevel(env),
    command,
    folder: process.cwd(),
    env: {},
    resourcesPaths: [
      ...(options.resourcesPath ?? []),
      ...(options.componentsPath ?? []),
      ...(options.components ?? []),
    ].map((path) => resolve(path)),
    pathOf: (key) => flags.get(key) ?? key,
  });
}

async function fromFile(
  command: readonly string[],
  options: DaprRunOptions,
  io: Io,
  signal: AbortSignal,
): Promise<AppPlan[]> {
  const { runFile = "" } = options;
  if (command.length > 0) throw invalid("command", command.join(" "), "none beside --run-file, which has its own");
  const given = ["resources-path", "components-path", "components", ...RUN_SETTINGS.map(({ flag }) => flag)];
  for (const flag of given) {
    if (options[camelCase(flag)] !== undefined) throw invalid(`--${flag}`, "a value", "none beside --run-file");
  }
  const path = runFile === "-" ? "dapr.yaml" : runFilePath(runFile);
  const { apps, notices } = readRunFile(await (runFile === "-" ? textOf(io, signal) : readTextFile(path, signal)), {
    path,
    exists: existsSync,
    logLevel: defaultLogLevel(io.env),
  });
  for (const { level, message } of notices) io.stderr.write(`${level}: ${path}: ${message}\n`);
  return apps;
}

/** All of standard input. */
function textOf({ stdin }: Io, signal: AbortSignal): Promise<string> {
  return text(addAbortSignal(signal, stdin));
}

/** The run file of a path: the file, or the `dapr.yaml` in a folder. @throws {SluiceError} `invalid-argument`. */
export function runFilePath(given: string): string {
  const found = statSync(given, { throwIfNoEntry: false });
  const path = found?.isDirectory() ? join(given, "dapr.yaml") : given;
  if (!existsSync(path)) throw invalid("--run-file", given, "a file, a folder with a dapr.yaml, or - for stdin");
  return path;
}

/** As commander names an option: `dapr-http-port` is `daprHttpPort`. */
function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
