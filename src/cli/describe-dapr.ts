import { type Command, Option } from "commander";
import { RUN_SETTINGS, type RunSetting } from "../dapr/run/run-settings.js";
import type { DaprRunOptions } from "./commands/dapr-run.js";
import type { DaprStopOptions } from "./commands/dapr-stop.js";
import type { SidecarCommand } from "./commands/sidecar.js";
import type { Io } from "./io.js";

const RESOURCES = "a folder with component files; may be given several times";
const STORE =
  "keep conversations by their context ids: a file, postgres://…, redis://… or dapr://STATESTORE; default: nowhere";

/** Adds `sluice sidecar`, `sluice dapr run` and `sluice dapr stop`. What they need is loaded only when one of them is called. */
export function describeDapr(program: Command, io: Io, ended: (code: number) => void): void {
  describeSidecar(program, io, ended);
  const dapr = program.command("dapr").description("run apps beside a Dapr sidecar that streams");
  describeRun(dapr, io, ended);
  describeStop(dapr, io, ended);
}

function describeSidecar(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("sidecar")
    .description("serve Dapr's conversation API, with streaming, from component files")
    .option("--resources-path <dir>", RESOURCES, listed)
    .option("--app-id <id>", "the app id, which decides the components that load; default: APP_ID, or sluice")
    .option("--dapr-http-port <port>", "the port; 0 picks a free one", "3500")
    .option("--dapr-grpc-port <port>", "the port; 0 picks a free one", "50001")
    .option("--metrics-port <port>", "the port for Prometheus at /metrics; 0 picks a free one", "9090")
    .option("--no-metrics", "do not serve metrics")
    .option("--upstream <url>", "the HTTP address of a daprd that gets all other requests")
    .option("--upstream-grpc <url>", "the gRPC address of that daprd")
    .option("--store <where>", STORE)
    .option("--max-body-size <size>", "the largest request body", "4Mi")
    .option("--dapr-graceful-shutdown-seconds <n>", "how long running calls may take to finish on shutdown", "5")
    .option(
      "--allowed-host <name>",
      "a host name that callers use for this machine; may be given several times",
      listed,
    )
    .option("--allowed-origin <origin>", "the origin of a web page that may call; may be given several times", listed)
    .option("--log-level <level>", "the log level: debug, info, warning or error; default: SLUICE_LOG, or info")
    .option("--substitute", `replace \${NAME} in component files with the variable of that name`)
    .option("--env-file <file>", "as --substitute, with the variables of this file as well; they win")
    .action(async (options: SidecarCommand) => {
      const { sidecarCommand } = await import("./commands/sidecar.js");
      ended(await sidecarCommand(options, io));
    });
}

function describeRun(dapr: Command, io: Io, ended: (code: number) => void): void {
  const run = dapr
    .command("run")
    .description("start an app with its own sidecar: daprd with Sluice in front, or Sluice alone")
    .argument("[command...]", "the app's program and its arguments, after --")
    .option("--resources-path <dir>", RESOURCES, listed)
    .addOption(
      new Option("-d, --components-path <dir>", "the older name of --resources-path").argParser(listed).hideHelp(),
    )
    .addOption(new Option("--components <dir>", "the same").argParser(listed).hideHelp())
    .option("-f, --run-file <file>", "start the apps of a dapr.yaml: the file, its folder, or - for stdin")
    .option(
      "--dev",
      `for development: add an echo component if there is none, read .env, replace \${NAME} with variables`,
    )
    .option("--env-file <file>", "variables for the sidecar and the app; they win over the environment")
    .option("--no-daprd", "do not start daprd even if it is installed")
    .option("--store <where>", STORE);
  for (const setting of RUN_SETTINGS) run.addOption(optionOf(setting));
  run.action(async (words: string[], options: DaprRunOptions) => {
    const { daprRunCommand } = await import("./commands/dapr-run.js");
    ended(await daprRunCommand(words, options, io));
  });
}

function describeStop(dapr: Command, io: Io, ended: (code: number) => void): void {
  dapr
    .command("stop")
    .description("stop apps that `sluice dapr run` started on this machine, with their sidecars")
    .option("-a, --app-id <id>", "the app's id; may be given several times", listed)
    .option("-f, --run-file <file>", "the apps of a dapr.yaml: the file, or its folder")
    .action(async (options: DaprStopOptions) => {
      const { daprStopCommand } = await import("./commands/dapr-stop.js");
      ended(await daprStopCommand(options, io));
    });
}

function optionOf({ short, flag, kind, description, daprdOnly }: RunSetting): Option {
  const value = kind === "switch" ? "" : ` <${kind === "text" ? "value" : kind}>`;
  const flags = `${short === undefined ? "" : `-${short}, `}--${flag}${value}`;
  return new Option(flags, daprdOnly ? `daprd: ${description}` : description);
}

/** Reads an option that may be given several times. */
function listed(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
